#!/usr/bin/env python3
"""Makes the tiny pre-trained LLaMA of the tests and of the quick start, in Hugging Face layout.

    pip install -r ../python/requirements.txt
    python make_tiny_llama.py DATA_DIR OUT_DIR [--steps 3000 --seed 1 --threads 2]

DATA_DIR holds boolq/, openbookqa/ and ARC-Challenge/, each with a train.json of instruction records, and
ARC-Easy/train.json, which is measured and never trained on: it is what the model is fine-tuned on later.
One record in twenty of the first three is held out. A byte-level BPE tokenizer and the model are trained
on the others, and OUT_DIR gets config.json, generation_config.json, model.safetensors (bfloat16),
tokenizer.json and tokenizer_config.json. The last line printed is JSON: the losses of the model as it was
saved, in nats a token, on the held-out records and on ARC-Easy, beside the loss of guessing.
"""
import argparse
import json
import math
import pathlib
import random
import time

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

PAD, BOS, EOS = "<pad>", "<s>", "</s>"
TRAINED_ON = ["boolq", "openbookqa", "ARC-Challenge"]
NO_LABEL = -100


def prompt(record):
    head = "Below is an instruction that describes a task{}. Write a response that appropriately completes the request.\n\n"
    if record["input"]:
        head = head.format(", paired with an input that provides further context")
        return head + f"### Instruction:\n{record['instruction']}\n\n### Input:\n{record['input']}\n\n### Response:\n"
    return head.format("") + f"### Instruction:\n{record['instruction']}\n\n### Response:\n"


def records_of(data, name):
    return json.loads((data / name / "train.json").read_text(encoding="utf-8"))


def trained_tokenizer(texts, vocabulary):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[PAD, BOS, EOS], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B", special_tokens=[(BOS, tokenizer.token_to_id(BOS))])
    return tokenizer


class Rows:
    """Tokens of records, with batches of records that are about equally long."""

    def __init__(self, tokenizer, records, longest):
        eos = tokenizer.token_to_id(EOS)
        self.ids = [(tokenizer.encode(prompt(r) + r["output"]).ids + [eos])[:longest] for r in records]
        self.response_starts = [len(tokenizer.encode(prompt(r)).ids) for r in records]

    def batches(self, size, generator):
        order = list(range(len(self.ids)))
        generator.shuffle(order)
        neighbours = size * 32
        found = []
        for at in range(0, len(order), neighbours):
            part = sorted(order[at:at + neighbours], key=lambda i: len(self.ids[i]))
            found += [part[b:b + size] for b in range(0, len(part), size)]
        generator.shuffle(found)
        return found

    def tensors(self, rows):
        width = max(len(self.ids[i]) for i in rows)
        ids = torch.tensor([self.ids[i] + [0] * (width - len(self.ids[i])) for i in rows])
        labels = torch.tensor([self.ids[i] + [NO_LABEL] * (width - len(self.ids[i])) for i in rows])
        return ids, labels


def token_losses(model, ids, labels):
    # padding is on the right and attention is causal, so no labelled token sees it
    logits = model(input_ids=ids).logits[:, :-1]
    return F.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=NO_LABEL, reduction="none").view(len(ids), -1)


@torch.no_grad()
def measured(model, rows):
    """Mean losses a token: of all tokens, and of the response's alone."""
    total = labelled = response_total = response_tokens = 0
    order = sorted(range(len(rows.ids)), key=lambda i: len(rows.ids[i]))
    for at in range(0, len(order), 32):
        part = order[at:at + 32]
        ids, labels = rows.tensors(part)
        losses, present = token_losses(model, ids, labels), labels[:, 1:] != NO_LABEL
        starts = torch.tensor([rows.response_starts[i] for i in part])
        response = present & (torch.arange(1, ids.shape[1]) >= starts[:, None])
        total += losses[present].sum().item()
        labelled += present.sum().item()
        response_total += losses[response].sum().item()
        response_tokens += response.sum().item()
    return {"loss": round(total / labelled, 4), "response_loss": round(response_total / response_tokens, 4), "tokens": labelled}


def trained_model(config, rows, arguments):
    model = LlamaForCausalLM(config)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() != 2]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        lr=arguments.learning_rate, betas=(0.9, 0.95))
    warmup, steps = 50, arguments.steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warmup, 0.02 + 0.49 * (1 + math.cos(math.pi * s / steps))))
    generator, started, step, recent = random.Random(arguments.seed), time.perf_counter(), 0, []
    while step < steps:
        for batch in rows.batches(arguments.batch, generator):
            ids, labels = rows.tensors(batch)
            loss = token_losses(model, ids, labels).sum() / (labels[:, 1:] != NO_LABEL).sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
            step += 1
            recent.append(loss.item())
            if step % 100 == 0:
                print(f"step {step} loss {sum(recent) / len(recent):.3f} seconds {time.perf_counter() - started:.0f}", flush=True)
                recent = []
            if step == steps:
                break
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--longest", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--vocabulary", type=int, default=2048)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)

    training, held_out = [], []
    for name in TRAINED_ON:
        for index, record in enumerate(records_of(arguments.data, name)):
            (held_out if index % 20 == 19 else training).append(record)
    tokenizer = trained_tokenizer((prompt(r) + r["output"] for r in training), arguments.vocabulary)
    rows = Rows(tokenizer, training, arguments.longest)
    print(f"{len(training)} records of {sum(map(len, rows.ids))} tokens to train on, {len(held_out)} held out", flush=True)

    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=128, intermediate_size=352, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512, rms_norm_eps=1e-5,
        rope_theta=10000.0, tie_word_embeddings=True, pad_token_id=tokenizer.token_to_id(PAD),
        bos_token_id=tokenizer.token_to_id(BOS), eos_token_id=tokenizer.token_to_id(EOS))
    model = trained_model(config, rows, arguments)
    model.to(torch.bfloat16).save_pretrained(arguments.out)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=BOS, eos_token=EOS, pad_token=PAD,
        model_max_length=config.max_position_embeddings).save_pretrained(arguments.out)

    # measure what was saved, read back as anyone would
    saved = AutoModelForCausalLM.from_pretrained(arguments.out, dtype=torch.float32).eval()
    backend = AutoTokenizer.from_pretrained(arguments.out).backend_tokenizer
    print(json.dumps({
        "parameters": sum(p.numel() for p in saved.parameters()),
        "guessing": round(math.log(config.vocab_size), 4),
        "held_out": measured(saved, Rows(backend, held_out, arguments.longest)),
        "arc_easy": measured(saved, Rows(backend, records_of(arguments.data, "ARC-Easy"), arguments.longest))}))


if __name__ == "__main__":
    main()
