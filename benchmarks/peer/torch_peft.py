#!/usr/bin/env python3
"""The training step of PyTorch + PEFT on the same model and records: what a user would otherwise run.

    pip install torch transformers peft
    python torch_peft.py MODEL RECORDS [--steps 5] [--batch 16] [--micro-batch 4] ...

RECORDS is a JSON array or JSON lines of instruction/input/output, or of input_ids; the first steps x batch of them are
taken in the file's order. Each micro-batch is padded to its longest sequence, as the reference recipe does
(github.com/AGI-Edgerunners/LLM-Adapters, finetune.py), and prompts carry loss. Prints one JSON line: tokens are those of
the records, without padding; the first step warms up and counts for its loss alone.
"""
import argparse
import json
import statistics
import time


def parser(description):
    """The options that decoders and encoders have in common."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("model", help="a Hugging Face model directory")
    made.add_argument("records", help="a file of records")
    made.add_argument("--steps", type=int, default=5)
    made.add_argument("--batch", type=int, default=16, help="records of a step")
    made.add_argument("--micro-batch", type=int, default=16, help="records that are computed at once; divides --batch")
    made.add_argument("--rank", type=int, default=32)
    made.add_argument("--alpha", type=float, default=64)
    made.add_argument("--learning-rate", type=float, default=2e-4)
    made.add_argument("--threads", type=int, help="default: PyTorch's own choice")
    made.add_argument("--arithmetic", choices=["float32", "bfloat16"], default="float32", help="bfloat16: autocast")
    made.add_argument("--sorted", action="store_true", help="a step's records by length, so that less is padded")
    made.add_argument("--compiled", action="store_true", help="through torch.compile, which needs a C++ compiler")
    return made


def parsed(made):
    given = made.parse_args()
    if given.batch % given.micro_batch:
        made.error(f"--micro-batch: {given.micro_batch} (must divide --batch, {given.batch})")
    return given


def arguments():
    made = parser(__doc__)
    made.add_argument("--cutoff", type=int, default=256, help="most tokens of a record that are kept")
    return parsed(made)


def read_records(path, count):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    records = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
    if len(records) < count:
        raise SystemExit(f"{path}: {len(records)} records (must have {count})")
    return records[:count]


def prompt(record):
    """The text before the response, as in the commonsense recipe."""
    context = ", paired with an input that provides further context" if record.get("input") else ""
    parts = [
        f"Below is an instruction that describes a task{context}."
        " Write a response that appropriately completes the request.",
        f"### Instruction:\n{record['instruction']}",
    ]
    if record.get("input"):
        parts.append(f"### Input:\n{record['input']}")
    return "\n\n".join(parts) + "\n\n### Response:\n"


def token_ids(record, tokenizer, cutoff):
    if "input_ids" in record:
        return record["input_ids"][:cutoff]
    ids = tokenizer(prompt(record) + record["output"])["input_ids"]
    return (ids + [tokenizer.eos_token_id])[:cutoff]


def padded(torch, sequences):
    """Input ids, attention mask and labels, each sequences x longest."""
    width = max(map(len, sequences))

    def filled(rows, filler):
        return torch.tensor([list(row) + [filler] * (width - len(row)) for row in rows])

    return {
        "input_ids": filled(sequences, 0),
        "attention_mask": filled([[1] * len(row) for row in sequences], 0),
        "labels": filled(sequences, -100),
    }


def peak_memory_mib():
    """Of this process since it began; what getrusage says may be the parent's."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def compiled(torch, model, given):
    """The model, compiled for sequences of any length if asked for."""
    return torch.compile(model, dynamic=True) if given.compiled else model


def arithmetic(torch, given):
    """What a forward pass runs in."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=given.arithmetic == "bfloat16")


def step(torch, model, optimiser, sequences, given):
    """One optimiser step; returns the mean loss over the labelled tokens of all its records."""
    labelled = sum(len(row) - 1 for row in sequences)
    total = 0.0
    for first in range(0, len(sequences), given.micro_batch):
        part = sequences[first : first + given.micro_batch]
        share = sum(len(row) - 1 for row in part) / labelled
        with arithmetic(torch, given):
            loss = model(**padded(torch, part)).loss * share
        loss.backward()
        total += loss.item()
    optimiser.step()
    optimiser.zero_grad()
    return total


def report(torch, given, records, size, step):
    """Takes the steps and prints what they took; size is the tokens of a record, step gives the loss of some records."""
    seconds, tokens, losses = [], [], []
    for number in range(given.steps):
        of_step = records[number * given.batch : (number + 1) * given.batch]
        if given.sorted:
            of_step = sorted(of_step, key=size)
        begin = time.perf_counter()
        losses.append(step(of_step))
        seconds.append(time.perf_counter() - begin)
        tokens.append(sum(map(size, of_step)))
    first = 1 if given.steps > 1 else 0
    print(
        json.dumps(
            {
                "tokens_per_second": sum(tokens[first:]) / sum(seconds[first:]),
                "examples_per_second": given.batch * len(seconds[first:]) / sum(seconds[first:]),
                "median_step_seconds": statistics.median(seconds[first:]),
                "best_step_seconds": min(seconds[first:]),
                "tokens": sum(tokens),
                "threads": torch.get_num_threads(),
                "peak_memory_mib": peak_memory_mib(),
                "losses": losses,
            }
        )
    )


def main():
    given = arguments()
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    if given.threads:
        torch.set_num_threads(given.threads)
    tokenizer = AutoTokenizer.from_pretrained(given.model)
    records = read_records(given.records, given.steps * given.batch)
    sequences = [token_ids(record, tokenizer, given.cutoff) for record in records]
    model = AutoModelForCausalLM.from_pretrained(given.model, dtype=torch.float32)
    targets = ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"]
    adapter = LoraConfig(
        r=given.rank, lora_alpha=given.alpha, lora_dropout=0.0, target_modules=targets, task_type="CAUSAL_LM"
    )
    model = get_peft_model(model, adapter)
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=given.learning_rate)
    model = compiled(torch, model, given)
    report(torch, given, sequences, len, lambda of_step: step(torch, model, optimiser, of_step, given))


if __name__ == "__main__":
    main()
