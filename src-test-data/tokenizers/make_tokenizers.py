#!/usr/bin/env python3
"""Tokenizers as older model directories have them, without tokenizer.json, and what transformers makes of texts with them.

    python make_tokenizers.py                                           the fixtures of this folder
    python make_tokenizers.py train KIND TEXTS.txt DIR                  a tokenizer of a kind from a text a line
    python make_tokenizers.py expect KIND DIR ROWS.json CUTOFF OUT.json [CONFIG.json]

KIND is bert (vocab.txt), roberta (vocab.json, merges.txt), deberta (spm.model) or xlm-roberta (sentencepiece.bpe.model). ROWS.json is
a list of {"text": ..., "pair": ... or null}; OUT.json has input_ids and token_type_ids beside them. CONFIG.json is what tokenizer_config.json
would be. DeBERTa's is read by transformers' conversion of slow tokenizers, which keeps the model's own map of characters; the class of
transformers 5 does not.
"""
import json
import pathlib
import sys
import tempfile

import sentencepiece
import tokenizers
import transformers
from transformers.convert_slow_tokenizer import DebertaV2Converter

HERE = pathlib.Path(__file__).resolve().parent
CLASSES = {
    "bert": transformers.BertTokenizer,
    "roberta": transformers.RobertaTokenizer,
    "xlm-roberta": transformers.XLMRobertaTokenizer,
}
BERT = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}

TEXTS = [
    "Which of these would be best to separate a mixture of sand and water?",
    "naïve café, Größe und ÆON; Ångström e\u0301e\u0308 İstanbul",
    "日本語のテキスト and 中文字 mixed한국어",
    "smile 😀 and 👩‍👩‍👧 family 🇩🇪",
    "two  spaces   three\tand a tab\nand a line",
    "  before and behind  ",
    "control\x00\x01\x07 characters\x7f and \u200b zero width \u00a0 no-break \ufeff mark",
    "",
    " ",
    "ｆｕｌｌ width ½ ﬁ ligature … dots ² ™",
    "U.S. $3.50, 100% (really!) it's [don't] _x_ --- a/b\\c",
    "[CLS] a [SEP] b [MASK] <s> c </s> <mask> <pad> <unk> [UNK] d",
    "an <ent> added<ent>token and <ENT>",
    "▁underline ▁ a▁b",
    "Supercalifragilisticexpialidocious" * 4,
    "plants need water, soil, air and light to grow " * 3,
]
ADDED = {"lstrip": False, "rstrip": False, "single_word": False}
CONFIGS = {
    "bert": [
        {},
        {"do_lower_case": False},
        {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False},
        {"added_tokens_decoder": {"400": {"content": "<ent>", "normalized": True, "special": False} | ADDED}},
    ],
    "roberta": [
        {},
        {
            "add_prefix_space": True,
            "added_tokens_decoder": {"500": {"content": "<ent>", "normalized": False, "special": True} | ADDED},
        },
    ],
    "deberta": [
        {},
        {
            "do_lower_case": True,
            "split_by_punct": True,
            "added_tokens_decoder": {"400": {"content": "<ent>", "normalized": False, "special": False} | ADDED},
        },
    ],
    "xlm-roberta": [{}],
}
SIZES = {"bert": 400, "roberta": 500, "deberta": 400, "xlm-roberta": 300}


def train(kind, texts, directory, size):
    directory.mkdir(parents=True, exist_ok=True)
    if kind == "bert":
        trained = tokenizers.BertWordPieceTokenizer(strip_accents=False, lowercase=False)
        trained.train([str(texts)], vocab_size=size, show_progress=False)
        trained.save_model(str(directory))
    elif kind == "roberta":
        trained = tokenizers.ByteLevelBPETokenizer()
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        trained.train([str(texts)], vocab_size=size, special_tokens=special, show_progress=False)
        trained.save_model(str(directory))
    else:
        # XLM-R's fixture has no map of characters: one is 240 kB.
        options = {"normalization_rule_name": "identity"} if kind == "xlm-roberta" else {
            "pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3,
            "pad_piece": "[PAD]", "bos_piece": "[CLS]", "eos_piece": "[SEP]", "unk_piece": "[UNK]",
        }
        prefix = directory / "trained"
        sentencepiece.SentencePieceTrainer.train(
            input=str(texts), model_prefix=str(prefix), model_type="unigram", vocab_size=size, num_threads=1,
            minloglevel=2, **options)
        prefix.with_suffix(".vocab").unlink()
        name = "spm.model" if kind == "deberta" else "sentencepiece.bpe.model"
        prefix.with_suffix(".model").rename(directory / name)


class Slow:
    """What the conversion asks of a slow tokenizer of DeBERTa."""

    def __init__(self, directory, config):
        self.vocab_file = str(directory / "spm.model")
        self.do_lower_case = config.get("do_lower_case", False)
        self.split_by_punct = config.get("split_by_punct", False)
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=self.vocab_file)

    def convert_tokens_to_ids(self, token):
        return self.pieces.piece_to_id(token)


def tokenizer(kind, directory, config):
    if kind == "deberta":
        added = {int(i): tokenizers.AddedToken(**token) for i, token in config.get("added_tokens_decoder", {}).items()}
        return transformers.TokenizersBackend(
            tokenizer_object=DebertaV2Converter(Slow(directory, config)).converted(), added_tokens_decoder=added, **BERT)
    with tempfile.TemporaryDirectory() as copy:
        for file in directory.iterdir():
            if file.name != "expected.json":
                (pathlib.Path(copy) / file.name).write_bytes(file.read_bytes())
        if config:
            (pathlib.Path(copy) / "tokenizer_config.json").write_text(json.dumps(config))
        return CLASSES[kind].from_pretrained(copy)


def expect(kind, directory, rows, cutoff, config):
    made = tokenizer(kind, directory, config)
    done = []
    for row in rows:
        # As lists, since an empty text beside a single one is taken for none.
        pair = None if row["pair"] is None else [row["pair"]]
        tokens = made([row["text"]], pair, truncation=True, max_length=cutoff, return_token_type_ids=True)
        done.append(row | {"input_ids": tokens["input_ids"][0], "token_type_ids": tokens["token_type_ids"][0]})
    return done


def fixtures():
    records = json.loads((HERE.parent / "arc-easy" / "train.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        texts = pathlib.Path(scratch) / "texts.txt"
        lines = [line for record in records for line in record["instruction"].split("\n") if line]
        texts.write_text("\n".join(lines), encoding="utf-8")
        for kind, size in SIZES.items():
            train(kind, texts, HERE / kind, size)
    rows = [{"text": text, "pair": None} for text in TEXTS]
    rows += [{"text": text, "pair": TEXTS[(i * 5 + 3) % len(TEXTS)]} for i, text in enumerate(TEXTS)]
    for kind, configs in CONFIGS.items():
        cases = [
            {"config": config, "cutoff": cutoff, "rows": expect(kind, HERE / kind, rows, cutoff, config)}
            for config in configs
            for cutoff in (512, 24, 9)
        ]
        text = ",\n".join(
            '{"config": %s, "cutoff": %d, "rows": [\n%s]}'
            % (json.dumps(case["config"]), case["cutoff"], ",\n".join(json.dumps(row) for row in case["rows"]))
            for case in cases)
        (HERE / kind / "expected.json").write_text("[\n%s\n]\n" % text, encoding="utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            fixtures()
        case ["train", kind, texts, directory]:
            train(kind, pathlib.Path(texts), pathlib.Path(directory), 10 * SIZES[kind])
        case ["expect", kind, directory, rows, cutoff, out, *config]:
            given = json.loads(pathlib.Path(config[0]).read_text(encoding="utf-8")) if config else {}
            texts = json.loads(pathlib.Path(rows).read_text(encoding="utf-8"))
            done = expect(kind, pathlib.Path(directory), texts, int(cutoff), given)
            pathlib.Path(out).write_text(json.dumps(done), encoding="utf-8")
        case _:
            sys.exit(__doc__)
