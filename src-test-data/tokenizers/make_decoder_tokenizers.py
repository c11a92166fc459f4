#!/usr/bin/env python3
"""Decoders' tokenizers without tokenizer.json, and what transformers' AutoTokenizer makes of texts with them.

    python make_decoder_tokenizers.py                                    the fixtures of the folders decoder-*
    python make_decoder_tokenizers.py train KIND TEXTS.txt DIR           a tokenizer of a kind from a text a line
    python make_decoder_tokenizers.py expect KIND DIR TEXTS.json OUT.json   cases of a kind, with the texts of a list

KIND is pairs or unigram (tokenizer.model of LLaMA, Mistral and Phi-3), gemma (tokenizer.model of Gemma) or bytes (vocab.json and
merges.txt of GPT-2 and Qwen2). A case is a set of small files beside them, and rows of texts with input_ids. AutoTokenizer of
transformers 5.24 takes a unigram model of LLaMA's class for byte-pair encoding; it is not among the cases.
"""
import json
import pathlib
import sys
import tempfile

import sentencepiece
import tokenizers
import transformers

HERE = pathlib.Path(__file__).resolve().parent
SIZES = {"pairs": 520, "unigram": 520, "gemma": 520, "bytes": 500}

TEXTS = [
    "Which of these would be best to separate a mixture of sand and water?",
    " a space before",
    "   three before,  two  between   three, behind  ",
    "",
    " ",
    "    ",
    "line\nnew\n\n\ttab \t and\r\nreturn",
    "smile 😀 and 👩‍👩‍👧 family 🇩🇪",
    "日本語のテキスト, Größe, ÆON; Ångström e\u0301e\u0308 İstanbul",
    "ｆｕｌｌ ½ ﬁ … ² ™ \u00a0 no-break \u200b zero \ufeff mark \x00\x01\x7f",
    "𒀀 𓀀 ᚠ unseen",
    "1234567 3.14159 12 a1b2",
    "U.S. $3.50, 100% (really!) it's [don't] _x_ --- a/b\\c",
    "<s> in a text</s> and <unk> <bos>x<eos> <pad> <mask> <0x41> <|endoftext|> <|im_end|>",
    "a<given>b <given> c [INST] d [/INST] e",
    " [INST] first",
    "<ctl>controls <ctl> too",
    "an <ent> added<ent>token and <ENT>  <ent> ",
    "▁underline ▁ a▁b",
    "Supercalifragilisticexpialidocious" * 2,
    "plants need water, soil, air and light to grow " * 2,
]
ENT = {"content": "<ent>", "lstrip": False, "normalized": True, "rstrip": False, "single_word": False, "special": False}
END = ENT | {"content": "<|im_end|>", "normalized": False, "special": True}
LLAMA = {"tokenizer_class": "LlamaTokenizer"}
BOTH = {"add_bos_token": True, "add_eos_token": False}
BEGIN = {"__type": "AddedToken", "content": "<s>", "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def beside(model_type, **files):
    return {"config.json": {"model_type": model_type}} | {name.replace("__", "."): content for name, content in files.items()}


def settings(model_type, settings, **files):
    return beside(model_type, tokenizer_config__json=settings, **files)


CASES = {
    "pairs": [
        settings("llama", LLAMA),
        settings("llama", LLAMA | BOTH | {"legacy": True, "bos_token": BEGIN}),
        settings("llama", LLAMA | BOTH | {"legacy": False, "add_prefix_space": False}),
        settings("llama", {"tokenizer_class": "LlamaTokenizerFast", "add_eos_token": True, "add_bos_token": True, "legacy": None}),
        settings("llama", LLAMA | BOTH | {"added_tokens_decoder": {"0": END | {"content": "<unk>"}, "600": ENT, "601": END}}),
        settings("llama", LLAMA | BOTH, added_tokens__json={"<ent>": 520, "<|im_end|>": 521},
                 special_tokens_map__json={"eos_token": "<|im_end|>", "bos_token": BEGIN | {"normalized": False}}),
        settings("llama", BOTH),
        settings("mistral", LLAMA | BOTH),
        settings("mistral", LLAMA | BOTH | {"legacy": False, "additional_special_tokens": ["<ent>"]}),
        settings("phi3", LLAMA | {"add_bos_token": False, "eos_token": "<|im_end|>", "image_token": "<ENT>",
                                  "added_tokens_decoder": {"5": ENT, "520": END}}),
        settings("smollm3", {"tokenizer_class": "PreTrainedTokenizerFast"} | BOTH),
        beside("granite"),
    ],
    "unigram": [
        settings("mistral", LLAMA | BOTH),
        settings("phi3", LLAMA | {"legacy": False, "add_eos_token": True, "added_tokens_decoder": {"520": ENT, "521": END}}),
        beside("llama"),
    ],
    "gemma": [
        settings("gemma2", {"tokenizer_class": "GemmaTokenizer"} | BOTH),
        settings("gemma3_text", {"tokenizer_class": "GemmaTokenizerFast", "add_bos_token": True,
                                 "additional_special_tokens": ["<ctl>", "<ent>"], "added_tokens_decoder": {"520": END}}),
        beside("gemma"),
    ],
    "bytes": [
        settings("qwen2", {"tokenizer_class": "Qwen2Tokenizer", "bos_token": None, "eos_token": "<|im_end|>",
                           "added_tokens_decoder": {"500": END | {"content": "<|endoftext|>"}, "501": END, "502": ENT}}),
        settings("qwen2", {"tokenizer_class": "Qwen2Tokenizer"}),
        settings("qwen3", {"tokenizer_class": "Qwen2TokenizerFast", "additional_special_tokens": ["<ctl>", "<|im_end|>"]}),
        beside("qwen3"),
        settings("llama", {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True}),
        settings("smollm3", {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True},
                 added_tokens__json={"<|im_end|>": 501, "<ent>": 500}, special_tokens_map__json={"eos_token": "<|im_end|>"}),
    ],
}


def train(kind, texts, directory, size):
    directory.mkdir(parents=True, exist_ok=True)
    if kind == "bytes":
        trained = tokenizers.ByteLevelBPETokenizer()
        trained.train([str(texts)], vocab_size=size, show_progress=False)
        trained.save_model(str(directory))
        return
    given = ["<given>", "[INST]", "[/INST]"]
    llama = {"normalization_rule_name": "identity", "remove_extra_whitespaces": False, "split_digits": True,
             "allow_whitespace_only_pieces": True}
    prefix = directory / "tokenizer"
    with tempfile.TemporaryDirectory() as scratch:
        rules = pathlib.Path(scratch) / "rules.tsv"
        # A few of NFKC's: all of them are 240 kB.
        rules.write_text("".join("%X\t%s\n" % (ord(a), " ".join("%X" % ord(c) for c in b)) for a, b in
                                 [("½", "1⁄2"), ("ﬁ", "fi"), ("…", "..."), ("²", "2"), ("ｆ", "f"), ("\t", " "), ("\u00a0", " ")]))
        options = {
            "pairs": {"model_type": "bpe"} | llama,
            "unigram": {"model_type": "unigram", "normalization_rule_tsv": str(rules)},
            "gemma": {"model_type": "bpe", "add_dummy_prefix": False, "pad_id": 0, "eos_id": 1, "bos_id": 2, "unk_id": 3,
                      "pad_piece": "<pad>", "eos_piece": "<eos>", "bos_piece": "<bos>"} | llama,
        }[kind]
        if kind == "gemma":
            given += ["<mask>", "\n\n", "\t", "▁▁"]
        sentencepiece.SentencePieceTrainer.train(
            input=str(texts), model_prefix=str(prefix), vocab_size=size, byte_fallback=True, user_defined_symbols=given,
            control_symbols=["<ctl>"], num_threads=1, minloglevel=2, **options)
    prefix.with_suffix(".vocab").unlink()


def expect(kind, directory, texts):
    done = []
    for files in CASES[kind]:
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch)
            for file in directory.iterdir():
                if file.name != "expected.json":
                    (copy / file.name).write_bytes(file.read_bytes())
            for name, content in files.items():
                (copy / name).write_text(json.dumps(content))
            made = transformers.AutoTokenizer.from_pretrained(copy)
            rows = [{"text": text, "input_ids": made(text)["input_ids"]} for text in texts]
            done.append({"files": files, "class": type(made).__name__, "eos": made.eos_token_id, "rows": rows})
    return done


def written(cases):
    return ",\n".join(
        '{"files": %s, "class": "%s", "eos": %s, "rows": [\n%s]}' % (
            json.dumps(case["files"]), case["class"], json.dumps(case["eos"]),
            ",\n".join(json.dumps(row) for row in case["rows"]))
        for case in cases)


def fixtures():
    records = json.loads((HERE.parent / "arc-easy" / "train.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        texts = pathlib.Path(scratch) / "texts.txt"
        lines = [line for record in records for line in record["instruction"].split("\n") if line]
        texts.write_text("\n".join(lines), encoding="utf-8")
        for kind, size in SIZES.items():
            train(kind, texts, HERE / f"decoder-{kind}", size)
    for kind in CASES:
        directory = HERE / f"decoder-{kind}"
        (directory / "expected.json").write_text("[\n%s\n]\n" % written(expect(kind, directory, TEXTS)), encoding="utf-8")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    match sys.argv[1:]:
        case []:
            fixtures()
        case ["train", kind, texts, directory]:
            train(kind, pathlib.Path(texts), pathlib.Path(directory), 6 * SIZES[kind])
        case ["expect", kind, directory, texts, out]:
            given = json.loads(pathlib.Path(texts).read_text(encoding="utf-8"))
            done = "[%s]" % written(expect(kind, pathlib.Path(directory), given))
            pathlib.Path(out).write_text(done, encoding="utf-8")
        case _:
            sys.exit(__doc__)
