#!/usr/bin/env python3
"""Compares generated tokens with those of transformers' generate, in float32.

    python check_generate.py MODEL_DIR GENERATED.json [--batch 10] [--threads 2]

GENERATED.json holds what this project's tests wrote: prompts and answers (lists of token ids), ends, max_tokens and beams (1:
greedy). Answers must be the same, token for token. A greedy answer may leave transformers' where the two best logits are closer than
1e-4; one of a beam search where it is another sequence with a score that close. Prints how many are the same and how close the
others were; exit status 1 if one differs by more.
"""
import argparse
import json
import os
import pathlib
import sys

# On a busy machine threads that wait must not take the time that others need.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from transformers import AutoModelForCausalLM

CLOSE = 1e-4


def cut(tokens, ends):
    return next((tokens[:i] for i, token in enumerate(tokens) if token in ends), tokens)


def log_probabilities(model, prompt, answer):
    logits = model(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1:]
    return logits, logits.double().log_softmax(-1)


def gap(model, prompt, ours, theirs, given):
    """How far apart the two choices were: next to nothing where rounding has decided between them."""
    if given["beams"] > 1:
        scores = []
        for answer in (ours, theirs):
            whole = answer + ([given["ends"][0]] if len(answer) < given["max_tokens"] else [])
            _, log = log_probabilities(model, prompt, whole)
            scores.append(sum(log[i, token].item() for i, token in enumerate(whole)) / len(whole))
        return abs(scores[0] - scores[1])
    same = next((i for i, (x, y) in enumerate(zip(ours, theirs)) if x != y), min(len(ours), len(theirs)))
    logits, _ = log_probabilities(model, prompt, theirs[:same])
    best = logits[-1].topk(2).values
    return (best[0] - best[1]).item()


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("generated", type=pathlib.Path)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    given = json.loads(arguments.generated.read_text())
    model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float32)
    same = 0
    close, different = [], []
    for begin in range(0, len(given["prompts"]), arguments.batch):
        prompts = given["prompts"][begin:begin + arguments.batch]
        longest = max(map(len, prompts))
        ids = torch.tensor([[given["ends"][0]] * (longest - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        out = model.generate(ids, attention_mask=mask, max_new_tokens=given["max_tokens"], do_sample=False,
                             num_beams=given["beams"], eos_token_id=given["ends"], pad_token_id=given["ends"][0])
        for i, row in enumerate(out.tolist()):
            theirs = cut(row[longest:], given["ends"])
            ours = given["answers"][begin + i]
            if ours == theirs:
                same += 1
            else:
                apart = gap(model, prompts[i], ours, theirs, given)
                if apart < CLOSE:
                    close.append(f"prompt {begin + i} by {apart:.1e}")
                else:
                    different.append(f"prompt {begin + i} by {apart:.1e}: {ours}, transformers: {theirs}")
        print(f"{min(begin + arguments.batch, len(given['prompts']))} prompts done", flush=True)
    print(f"{same} of {len(given['prompts'])} answers are the same, {len(close)} differ by a close call"
          f"{''.join(f' ({one})' for one in close)}, {len(different)} otherwise")
    print("\n".join(different))
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
