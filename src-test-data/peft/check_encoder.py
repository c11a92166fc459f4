#!/usr/bin/env python3
"""Loads a trained adapter of an encoder with stock transformers and PEFT, reads a table as they would, and compares what the
model says of its first records with what was computed elsewhere.

    pip install -r ../python/requirements.txt
    python check_encoder.py MODEL_DIR ADAPTER_DIR TABLE LOGITS.safetensors --text 3 --label 1 --no-header [--pair ...]

TABLE is tab-separated, without quoting; columns are names, or numbers from 0 with --no-header. LOGITS.safetensors holds
`logits` (float32, records x outputs) and `loss` (float32, their mean cross-entropy over --classes, or squared error without).
Prints one JSON line and exits 1 when a logit or the loss differs by more than 1e-4.
"""
import argparse
import json
import sys

import torch
import torch.nn.functional as F
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LARGEST_DIFFERENCE = 1e-4

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("adapter")
parser.add_argument("table")
parser.add_argument("logits")
parser.add_argument("--text", required=True)
parser.add_argument("--pair")
parser.add_argument("--label", required=True)
parser.add_argument("--header", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--classes", help="names of classes as the table has them, comma-separated")
parser.add_argument("--cutoff", type=int, default=256)
given = parser.parse_args()

theirs = load_file(given.logits)
outputs, count = theirs["logits"].shape[1], theirs["logits"].shape[0]
with open(given.table, encoding="utf-8-sig", newline="\n") as file:
    rows = [line.rstrip("\r\n").split("\t") for line in file]
names = rows.pop(0) if given.header else [str(column) for column in range(len(rows[0]))]
rows = [dict(zip(names, row)) for row in rows[:count]]

tokenizer = AutoTokenizer.from_pretrained(given.model)
texts = [[row[column] for row in rows] for column in (given.text, given.pair) if column]
inputs = tokenizer(*texts, truncation=True, max_length=given.cutoff, padding="longest", return_tensors="pt")
base = AutoModelForSequenceClassification.from_pretrained(given.model, num_labels=outputs, dtype=torch.float32)
model = PeftModel.from_pretrained(base, given.adapter).eval()
with torch.no_grad():
    logits = model(**inputs).logits
    if given.classes:
        classes = given.classes.split(",")
        loss = F.cross_entropy(logits, torch.tensor([classes.index(row[given.label]) for row in rows]))
    else:
        loss = F.mse_loss(logits.squeeze(-1), torch.tensor([float(row[given.label]) for row in rows]))
largest = (logits - theirs["logits"]).abs().max().item()
of_loss = abs(loss.item() - theirs["loss"].item())
print(json.dumps({"max_abs_difference": largest, "of_loss": of_loss, "loss": loss.item(), "mean_abs_logit": logits.abs().mean().item()}))
# a difference that is not a number is never within bounds
sys.exit(0 if largest <= LARGEST_DIFFERENCE and of_loss <= LARGEST_DIFFERENCE else 1)
