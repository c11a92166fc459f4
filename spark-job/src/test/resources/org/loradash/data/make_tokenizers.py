#!/usr/bin/env python3
"""Makes two tiny Hugging Face tokenizers and what transformers makes of some texts and records with them.

    pip install transformers tokenizers
    python make_tokenizers.py

byte-level: as of LLaMA 3 and SmolLM. It has truncation and padding set, which nothing but its own user may notice.
byte-fallback: as of LLaMA and LLaMA 2, spaces as a mark, bytes for what has no token; it adds the begin-of-text token.
"""
import json
from pathlib import Path
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = Path(__file__).resolve().parent
HEAD = "Below is an instruction that describes a task{}. Write a response that appropriately completes the request.\n\n"
CORPUS = [
    HEAD.format(", paired with an input that provides further context"), "### Instruction:\n", "### Input:\n", "### Response:\n",
    "Please choose the correct answer to the question: which of the two is the larger number?",
    "the correct answer is answer1", "the correct answer is answer2",
]
TEXTS = [
    "", " ", "the correct answer", "  two  spaces\n\n\tand a tab ", "Größe, naïve, 数, \u0434\u0430", "emoji \U0001F600 and \U0001F468\u200D\U0001F4BB",
    "e\u0301 is not \u00e9", "a\u0000b", "<s>within</s> a text", "### Response:\nanswer1", "x" * 300, "\ufeffmark\r\nline",
]
RECORDS = [
    {"instruction": "Please choose the correct answer: which is larger?", "input": "", "output": "the correct answer is answer2"},
    {"instruction": "Which is larger?", "input": "1 and 2", "output": "answer2"},
    {"instruction": "Say 100 % and %s.", "input": "", "output": ""},
    {"instruction": "Größer?", "input": "\U0001F600", "output": " 数"},
]

def prompt(r):
    if r["input"]:
        return HEAD.format(", paired with an input that provides further context") + f"### Instruction:\n{r['instruction']}\n\n### Input:\n{r['input']}\n\n### Response:\n"
    return HEAD.format("") + f"### Instruction:\n{r['instruction']}\n\n### Response:\n"

def save(name, tokenizer, config):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", **config}, indent=2) + "\n")
    loaded = AutoTokenizer.from_pretrained(folder)
    eos = loaded.eos_token_id
    rows = []
    for r in RECORDS:
        head, ids = loaded(prompt(r))["input_ids"], loaded(prompt(r) + r["output"])["input_ids"] + [eos]
        rows.append({"record": r, "prompt": prompt(r), "input_ids": ids, "labels": [-100] * len(head) + ids[len(head):]})
    expected = {"end_of_text": eos, "texts": [{"text": t, "input_ids": loaded(t)["input_ids"]} for t in TEXTS], "records": rows}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")

def main():
    byte_level = Tokenizer(models.BPE())
    byte_level.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_level.decoder = decoders.ByteLevel()
    byte_level.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=420, special_tokens=["<s>", "</s>"], initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    byte_level.enable_truncation(8)
    byte_level.enable_padding(length=64)
    save("byte-level", byte_level, {"eos_token": {"content": "</s>", "__type": "AddedToken"}})

    byte_fallback = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    byte_fallback.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    byte_fallback.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=440, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], max_token_length=8, show_progress=False))
    byte_fallback.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    byte_fallback.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", byte_fallback.token_to_id("<s>"))])
    save("byte-fallback", byte_fallback, {"eos_token": "</s>"})

if __name__ == "__main__":
    main()
