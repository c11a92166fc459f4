#!/usr/bin/env python3
"""What transformers makes of the first records of instruction files, for ReferenceRecordsTest.

    pip install transformers
    python reference_tokens.py MODEL_DIR RECORDS.json... [--records 200 --cutoff 256 --answers-only] > reference.json
    LORADASH_REFERENCE_TOKENS=reference.json mvn test -Dtest=ReferenceRecordsTest
"""
import argparse, json, os
from transformers import AutoConfig, AutoTokenizer
from make_tokenizers import prompt

p = argparse.ArgumentParser()
p.add_argument("model"); p.add_argument("files", nargs="+")
p.add_argument("--records", type=int, default=200, help="of each file")
p.add_argument("--cutoff", type=int, default=256)
p.add_argument("--answers-only", action="store_true")
a = p.parse_args()

tokenizer, rows = AutoTokenizer.from_pretrained(a.model), []
for file in a.files:
    for r in json.load(open(file))[: a.records]:
        head = len(tokenizer(prompt(r))["input_ids"])
        ids = (tokenizer(prompt(r) + r["output"])["input_ids"] + [tokenizer.eos_token_id])[: a.cutoff]
        labels = [-100] * min(head, len(ids)) + ids[head:] if a.answers_only else ids
        rows.append({"record": r, "input_ids": ids, "labels": labels})
print(json.dumps({"model": os.path.abspath(a.model), "vocabulary_size": AutoConfig.from_pretrained(a.model).vocab_size,
    "cutoff": a.cutoff, "train_on_inputs": not a.answers_only, "rows": rows}))
