#!/usr/bin/env python3
"""Loads a trained adapter with stock PEFT and compares the logits with those that were computed elsewhere.

    pip install -r ../python/requirements.txt
    python check_adapter.py MODEL_DIR ADAPTER_DIR LOGITS.safetensors

LOGITS.safetensors holds `input_ids` (int64, tokens) and `logits` (float32, tokens x vocabulary) of that one sequence.
Prints one JSON line and exits 1 when a logit differs by more than 1e-3, 2 when the file does not fit the model.
"""
import argparse
import json
import math
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

LARGEST_DIFFERENCE = 1e-3


def refuse(message):
    print(message, file=sys.stderr)
    sys.exit(2)


parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("adapter")
parser.add_argument("logits")
arguments = parser.parse_args()

theirs = load_file(arguments.logits)
if set(theirs) != {"input_ids", "logits"}:
    refuse(f"{arguments.logits}: has {sorted(theirs)} (must be input_ids and logits)")
input_ids, logits = theirs["input_ids"], theirs["logits"]
base = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float32)
expected_shape = (input_ids.numel(), base.config.vocab_size)
if input_ids.dtype != torch.int64 or input_ids.dim() != 1 or input_ids.numel() == 0:
    refuse(f"input_ids: {input_ids.dtype} {tuple(input_ids.shape)} (must be int64, one dimension, not empty)")
if logits.dtype != torch.float32 or tuple(logits.shape) != expected_shape:
    refuse(f"logits: {logits.dtype} {tuple(logits.shape)} (must be float32 {expected_shape})")

model = PeftModel.from_pretrained(base, arguments.adapter).eval()
with torch.no_grad():
    ours = model(input_ids=input_ids[None]).logits[0]
largest = (ours - logits).abs().max().item()
# a difference that is not a number is never within bounds
agrees = largest <= LARGEST_DIFFERENCE
print(json.dumps({"max_abs_difference": largest if math.isfinite(largest) else str(largest), "mean_abs_logit": ours.abs().mean().item()}))
sys.exit(0 if agrees else 1)
