#!/usr/bin/env python3
"""Makes what generation must give on the tiny model, from transformers.

    pip install -r ../python/requirements.txt
    python make_fixtures.py [OUT_DIR]

Reads ../tiny-llama/model (as float32) and ../arc-easy/train.json; OUT_DIR (default: here) gets expected.json:

  prompts     token ids of the first records in the training template, and some short ones
  greedy      new tokens of each, at most max_tokens, the end-of-text token left out
  beams       the same by 4 beams, for the prompts together in one left-padded batch; by length penalty
  beams_several_ends  the same where each of ends is a token that ends a text
  warpers     logits, and for settings of temperature, top-k and top-p the probabilities that transformers' warpers leave
  likelihood  of some answers behind each prompt, the sum of their tokens' log-probabilities

Greedy choices whose two best logits are closer than 1e-3 would hang on rounding: the script stops at one.
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.generation.logits_process import (
    LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

HERE = pathlib.Path(__file__).resolve().parent
MAX_TOKENS = 24
BEAMS = 4
CLOSE = 1e-3
WARPERS = [(1.0, 0, 1.0), (0.7, 0, 1.0), (1.0, 5, 1.0), (1.0, 0, 0.6), (1.3, 8, 0.8), (0.5, 3, 0.1), (2.0, 100, 0.95)]


def prompt(record):
    head = "Below is an instruction that describes a task{}. Write a response that appropriately completes the request.\n\n"
    if record["input"]:
        head = head.format(", paired with an input that provides further context")
        return head + f"### Instruction:\n{record['instruction']}\n\n### Input:\n{record['input']}\n\n### Response:\n"
    return head.format("") + f"### Instruction:\n{record['instruction']}\n\n### Response:\n"


def new_tokens(row, length, ends):
    tokens = row[length:].tolist()
    return next((tokens[:i] for i, token in enumerate(tokens) if token in ends), tokens)


def greedy(model, prompts, end):
    answers = []
    for ids in prompts:
        out = model.generate(torch.tensor([ids]), max_new_tokens=MAX_TOKENS, do_sample=False,
                             return_dict_in_generate=True, output_logits=True)
        for logits in out.logits:
            best = logits[0].topk(2).values
            assert best[0] - best[1] > CLOSE, f"two logits are too close in {ids}"
        answers.append(new_tokens(out.sequences[0], len(ids), [end]))
    return answers


def beams(model, tokenizer, prompts, ends, length_penalty):
    longest = max(map(len, prompts))
    padded = torch.tensor([[tokenizer.pad_token_id] * (longest - len(ids)) + ids for ids in prompts])
    mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompts])
    out = model.generate(padded, attention_mask=mask, max_new_tokens=MAX_TOKENS, do_sample=False, num_beams=BEAMS,
                         length_penalty=length_penalty, eos_token_id=ends)
    return [new_tokens(row, longest, ends) for row in out]


def warped(logits):
    cases = []
    for temperature, top_k, top_p in WARPERS:
        warpers = LogitsProcessorList([TemperatureLogitsWarper(temperature)])
        if top_k > 0:
            warpers.append(TopKLogitsWarper(top_k))
        if top_p < 1:
            warpers.append(TopPLogitsWarper(top_p))
        scores = warpers(None, torch.tensor([logits]))
        cases.append({"temperature": temperature, "top_k": top_k, "top_p": top_p,
                      "probabilities": scores.double().softmax(-1)[0].tolist()})
    return cases


def likelihood(model, prompts, answers):
    sums = []
    for ids in prompts:
        row = []
        for answer in answers:
            log = model(torch.tensor([ids + answer])).logits[0].double().log_softmax(-1)
            row.append(sum(log[len(ids) + i - 1, token].item() for i, token in enumerate(answer)))
        sums.append(row)
    return sums


@torch.no_grad()
def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    torch.set_num_threads(1)
    model_dir = HERE.parent / "tiny-llama" / "model"
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    model = AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32)
    end = tokenizer.eos_token_id
    records = json.loads((HERE.parent / "arc-easy" / "train.json").read_text(encoding="utf-8"))
    texts = [prompt(record) for record in records[:6]] + ["The", "Water is a", "Please choose the correct answer to"]
    prompts = [tokenizer(text).input_ids for text in texts]
    full_stops = [tokenizer.convert_tokens_to_ids(token) for token in (".", ":", "Ġa")]
    answers = [tokenizer(f"the correct answer is answer{i}", add_special_tokens=False).input_ids for i in range(1, 5)]
    answers.append(answers[0][:1])
    generator = torch.Generator().manual_seed(5)
    logits = (3 * torch.randn(60, generator=generator)).tolist()
    logits[7] = logits[11]  # two equal ones
    expected = {
        "max_tokens": MAX_TOKENS,
        "end": end,
        "texts": texts,
        "prompts": prompts,
        "greedy": greedy(model, prompts, end),
        "ends": [end] + full_stops,
        "beams": {str(penalty): beams(model, tokenizer, prompts, [end], penalty) for penalty in (1.0, 0.0, 2.0)},
        "beams_several_ends": {str(penalty): beams(model, tokenizer, prompts, [end] + full_stops, penalty)
                               for penalty in (1.0, 0.0, 2.0)},
        "warpers": {"logits": logits, "cases": warped(logits)},
        "likelihood": {"answers": answers, "sums": likelihood(model, prompts, answers)},
    }
    (out / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")
    print([tokenizer.decode(ids) for ids in expected["greedy"]])
    for name in ("beams", "beams_several_ends"):
        print(name, {penalty: [len(ids) for ids in rows] for penalty, rows in expected[name].items()})


if __name__ == "__main__":
    main()
