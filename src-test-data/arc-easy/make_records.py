#!/usr/bin/env python3
"""Takes the records of this folder from ARC-Easy's train.json, in its order and with its fields unchanged.

    python make_records.py DATA_DIR/ARC-Easy/train.json [--out .]

train.json gets the first 480 records as a JSON array, held-out.jsonl the next 64 as JSON lines.
"""
import argparse
import json
import pathlib

FIELDS = ["instruction", "input", "output", "answer"]
TRAIN, HELD_OUT = 480, 64

parser = argparse.ArgumentParser()
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
arguments = parser.parse_args()

records = json.loads(arguments.source.read_text(encoding="utf-8"))
lines = [json.dumps({field: record[field] for field in FIELDS}, ensure_ascii=False) for record in records[:TRAIN + HELD_OUT]]
(arguments.out / "train.json").write_text("[\n" + ",\n".join(lines[:TRAIN]) + "\n]\n", encoding="utf-8")
(arguments.out / "held-out.jsonl").write_text("\n".join(lines[TRAIN:]) + "\n", encoding="utf-8")
