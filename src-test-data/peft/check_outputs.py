#!/usr/bin/env python3
"""Loads an encoder that was trained with stock transformers, or its adapter with stock PEFT, and compares what it says of
texts with what was computed elsewhere.

    pip install -r ../python/requirements.txt
    python check_outputs.py OUTPUTS.json MODEL_DIR [ADAPTER_DIR]

OUTPUTS.json is {"texts": [{"input_ids": [...], "token_type_ids": [...]}, ...], "outputs": [[...], ...], "names": [...]}: of each
text the head's outputs, and their names, which a model without an adapter must have in its config.
Prints one JSON line and exits 1 when an output differs by more than 1e-4, a weight is missing, or names differ.
"""
import argparse
import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification

LARGEST_DIFFERENCE = 1e-4

parser = argparse.ArgumentParser()
parser.add_argument("outputs")
parser.add_argument("model")
parser.add_argument("adapter", nargs="?")
arguments = parser.parse_args()

with open(arguments.outputs) as file:
    theirs = json.load(file)
expected = torch.tensor(theirs["outputs"])
own = {} if arguments.adapter is None else {"id2label": {i: name for i, name in enumerate(theirs["names"])}}
model, loading = AutoModelForSequenceClassification.from_pretrained(
    arguments.model, dtype=torch.float32, ignore_mismatched_sizes=True, output_loading_info=True, **own
)
if arguments.adapter is None:
    names = [model.config.id2label[i] for i in range(model.config.num_labels)]
    if names != theirs["names"] or loading["missing_keys"] or loading["mismatched_keys"]:
        print(f"names {names} (must be {theirs['names']}); {loading}", file=sys.stderr)
        sys.exit(1)
else:
    model = PeftModel.from_pretrained(model, arguments.adapter)
model.eval()


def outputs(text):
    inputs = {"input_ids": torch.tensor([text["input_ids"]])}
    if getattr(model.config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = torch.tensor([text["token_type_ids"]])
    return model(**inputs).logits[0]


with torch.no_grad():
    ours = torch.stack([outputs(text) for text in theirs["texts"]])
largest = (ours - expected).abs().max().item()
print(json.dumps({"max_abs_difference": largest, "mean_abs_output": ours.abs().mean().item()}))
# a difference that is not a number is never within bounds
sys.exit(0 if largest <= LARGEST_DIFFERENCE else 1)
