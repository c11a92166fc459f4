#!/usr/bin/env python3
"""Writes a model of DeBERTaV3-base's shape with random weights and a head of two classes, and records of 32 to 128 random
tokens for it: what the race of encoders needs where nothing can be downloaded.

    pip install torch transformers
    python random_deberta.py DIRECTORY [--records 512]

DIRECTORY gets config.json, model.safetensors (740 MB) and records.jsonl.
"""
import argparse
import json
import pathlib

import torch
from transformers import AutoModelForSequenceClassification, DebertaV2Config

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("directory", type=pathlib.Path)
parser.add_argument("--records", type=int, default=512)
given = parser.parse_args()
torch.manual_seed(0)
config = DebertaV2Config(
    vocab_size=128100,
    hidden_size=768,
    num_hidden_layers=12,
    num_attention_heads=12,
    intermediate_size=3072,
    max_position_embeddings=512,
    relative_attention=True,
    pos_att_type="p2c|c2p",
    position_buckets=256,
    max_relative_positions=-1,
    norm_rel_ebd="layer_norm",
    share_att_key=True,
    position_biased_input=False,
    type_vocab_size=0,
    num_labels=2,
)
AutoModelForSequenceClassification.from_config(config).save_pretrained(given.directory)
lengths = torch.randint(32, 129, (given.records,)).tolist()
lines = [
    json.dumps({"input_ids": torch.randint(3, config.vocab_size, (length,)).tolist(), "label": number % 2}) + "\n"
    for number, length in enumerate(lengths)
]
(given.directory / "records.jsonl").write_text("".join(lines))
