#!/usr/bin/env python3
"""What chat data must become: transformers' rendering, token ids and labels of every conversation under every template.

    python make_chat.py . [--smollm2 DIR] [--tokenizers RECORDS]      (needs what ../python/requirements.txt names)

Reads FOLDER/conversations.jsonl and the model directories FOLDER/NAME (tokenizer.json, tokenizer_config.json and
chat_template.jinja or a chat_template in tokenizer_config.json), writes FOLDER/expected.json. --tokenizers first makes
the tiny byte-level tokenizers anew, on the conversations and some of RECORDS, a folder of LLM-Adapters' data sets. --smollm2
adds SmolLM2-135M-Instruct. The rules are in docs/chat.md.
"""
import argparse, json, pathlib, re
import jinja2
from transformers import AutoTokenizer
from transformers.utils import logging

logging.set_verbosity_error()
HERE = pathlib.Path(__file__).resolve().parent
p = argparse.ArgumentParser()
p.add_argument("folder", type=pathlib.Path)
p.add_argument("--smollm2", type=pathlib.Path)
p.add_argument("--also", type=pathlib.Path, action="append", default=[], help="model directories outside FOLDER")
p.add_argument("--tokenizers", type=pathlib.Path)
a = p.parse_args()

# ---- tiny byte-level tokenizers of the kinds that the real models have ----
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
KINDS = {  # special tokens, tokens that are added but not special, beginning, end, padding, template inside tokenizer_config.json
    "chatml": (["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool_response>", "</tool_response>"], None, "<|im_end|>", "<|endoftext|>", False),
    "llama3": (["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|finetune_right_pad_id|>"], [], "<|begin_of_text|>", "<|eot_id|>", "<|finetune_right_pad_id|>", False),
    "mistral": (["<unk>", "<s>", "</s>", "[INST]", "[/INST]"], [], "<s>", "</s>", "<unk>", True),
    "gemma": (["<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"], [], "<bos>", "<eos>", "<pad>", False),
}

def corpus():
    """Words of the shared conversations and of some records, so that the tokens are of the usual kinds."""
    for line in (HERE / "conversations.jsonl").read_text(encoding="utf-8").splitlines():
        yield from (m["content"] for m in json.loads(line)["messages"])
    for name in ("ARC-Easy", "piqa", "boolq"):
        for f in sorted(a.tokenizers.glob(name + "*.json"))[:1]:
            for r in json.loads(f.read_text())[:150]:
                yield "\n".join(str(v) for v in r.values())
                yield "\n\n".join(str(v) for v in r.values())

def make_tokenizer(folder, kind):
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast
    special, added, bos, eos, pad, inside = KINDS[kind]
    t = Tokenizer(models.BPE())
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if kind == "llama3":
        split = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.pre_tokenizer, t.decoder = split, decoders.ByteLevel()
    t.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=420, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.add_tokens([AddedToken(x, special=False, normalized=False) for x in added])
    if bos:  # encoding adds it; so a template that writes it as well must be encoded without
        t.post_processor = processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, t.token_to_id(bos))])
    source = folder / "chat_template.jinja"
    template = source.read_text() if source.exists() else json.loads((folder / "tokenizer_config.json").read_text())["chat_template"]
    fast = PreTrainedTokenizerFast(tokenizer_object=t, eos_token=eos, pad_token=pad, **({"bos_token": bos} if bos else {}))
    fast.save_pretrained(folder)
    file = folder / "tokenizer_config.json"
    config = json.loads(file.read_text())
    if inside:
        config["chat_template"] = template
        source.unlink(missing_ok=True)
    file.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

# ---- rendering, tokens, labels ----
def case(tokenizer, messages):
    render = lambda m, prompt=False: tokenizer.apply_chat_template(m, tokenize=False, add_generation_prompt=prompt)
    try:
        text = render(messages)
    except jinja2.TemplateError as e:
        return {"error": e.message}
    marked = bool(re.search(r"\{%-?\s*generation\s*-?%\}", tokenizer.chat_template))
    out = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=marked)
    ids = out["input_ids"]
    encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    assert encoding["input_ids"] == ids
    by_prefix = spans(render, text, messages)
    inside = [any(s < end and e > start for start, end in by_prefix) for s, e in encoding["offset_mapping"]]
    mask = out["assistant_masks"] if marked else inside
    if marked:  # the two ways may differ by the blank after a turn only
        assert all(m <= i for m, i in zip(mask, inside)) and {tokenizer.decode([x]) for x, m, i in zip(ids, mask, inside) if i and not m} <= {"\n"}
    result = {"text": text, "input_ids": ids, "labels": [x if m else -100 for x, m in zip(ids, mask)]}
    if messages[-1]["role"] == "user":
        result["prompt_text"] = render(messages, True)
        result["prompt_input_ids"] = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False, add_generation_prompt=True)
    return result

def spans(render, text, messages):
    """Where each assistant turn lies in the text, by prefix differences (code points)."""
    found = []
    for k, m in enumerate(messages):
        if m["role"] == "assistant":
            before, after = render(messages[:k], True), render(messages[:k + 1])
            assert after.startswith(before) and text.startswith(after), (k, before, after)
            found.append((len(before), len(after)))
    return found

names = sorted(x.name for x in a.folder.iterdir() if (x / "tokenizer_config.json").exists())
if a.tokenizers:
    for n in names:
        make_tokenizer(a.folder / n, n)
conversations = [json.loads(x)["messages"] for x in (a.folder / "conversations.jsonl").read_text(encoding="utf-8").split("\n") if x]
models = {**({"smollm2": ("SMOLLM2", a.smollm2)} if a.smollm2 else {}), **{n: (n, a.folder / n) for n in names}, **{f.name: (f.name, f) for f in a.also}}
expected = {}
for name, (called, folder) in models.items():
    tokenizer = AutoTokenizer.from_pretrained(folder)
    marked = "generation %}" in tokenizer.chat_template
    expected[name] = {"model": called, "labels": "generation marks" if marked else "prefix differences",
                      "conversations": [case(tokenizer, c) for c in conversations]}
    kinds = expected[name]["conversations"]
    print(f"{name}: {len(tokenizer)} tokens, {sum('error' in x for x in kinds)} refused, labelled {sum(sum(y != -100 for y in x['labels']) for x in kinds if 'labels' in x)} of {sum(len(x['labels']) for x in kinds if 'labels' in x)}")
one_line = lambda x: re.sub(r"\[\s+((?:-?\d+,?\s*)+)\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]).strip() + "]", x)
(a.folder / "expected.json").write_text(one_line(json.dumps(expected, indent=1, ensure_ascii=False)) + "\n", encoding="utf-8")
