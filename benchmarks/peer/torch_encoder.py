#!/usr/bin/env python3
"""The training step of PyTorch + PEFT of an encoder that classifies texts, or gives a number of each: what a user would
otherwise run.

    pip install torch transformers peft
    python torch_encoder.py MODEL RECORDS [--labels 2] [--steps 5] [--batch 32] [--micro-batch 8] ...

RECORDS is JSON lines of input_ids, token_type_ids (may be left out) and label; the first steps x batch of them are taken in
the file's order, each micro-batch padded to its longest. LoRA is on the linear layers of every block; classifier and pooler
are trained whole. Without --labels one number is learnt, by squared error. Prints one JSON line, as torch_peft.py does.
"""
from torch_peft import arithmetic, compiled, parser, parsed, read_records, report


def arguments():
    made = parser(__doc__)
    made.add_argument("--labels", type=int, help="classes; one number is learnt unless given")
    return parsed(made)


def inputs(torch, records, padding):
    """What transformers takes: each records x longest."""
    width = max(len(record["input_ids"]) for record in records)

    def filled(rows, filler):
        return torch.tensor([list(row) + [filler] * (width - len(row)) for row in rows])

    found = {
        "input_ids": filled([record["input_ids"] for record in records], padding),
        "attention_mask": filled([[1] * len(record["input_ids"]) for record in records], 0),
    }
    if all("token_type_ids" in record for record in records):
        found["token_type_ids"] = filled([record["token_type_ids"] for record in records], 0)
    return found


def adapted(torch, given):
    """The model without dropout, with LoRA on its blocks."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(given.model, num_labels=given.labels or 1)
    config.problem_type = "single_label_classification" if given.labels else "regression"
    for dropout in ("hidden_dropout_prob", "attention_probs_dropout_prob", "pooler_dropout", "cls_dropout", "classifier_dropout"):
        setattr(config, dropout, 0.0)
    model = AutoModelForSequenceClassification.from_pretrained(given.model, config=config, dtype=torch.float32)
    attention = ["query_proj", "key_proj", "value_proj"] if config.model_type == "deberta-v2" else ["query", "key", "value"]
    names = {name.split(".")[-1] for name, _ in model.named_modules()}
    lora = LoraConfig(
        r=given.rank,
        lora_alpha=given.alpha,
        lora_dropout=0.0,
        target_modules=attention + ["intermediate.dense", "output.dense"],
        modules_to_save=[name for name in ("classifier", "pooler") if name in names],
        task_type="SEQ_CLS",
    )
    return get_peft_model(model, lora)


def main():
    given = arguments()
    import torch

    torch.manual_seed(0)
    if given.threads:
        torch.set_num_threads(given.threads)
    records = read_records(given.records, given.steps * given.batch)
    model = adapted(torch, given)
    model.train()
    padding = model.config.pad_token_id or 0
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=given.learning_rate)
    model = compiled(torch, model, given)

    def step(of_step):
        total = 0.0
        for first in range(0, len(of_step), given.micro_batch):
            part = of_step[first : first + given.micro_batch]
            labels = torch.tensor([record["label"] for record in part])
            labels = labels.long() if given.labels else labels.float()
            with arithmetic(torch, given):
                loss = model(**inputs(torch, part, padding), labels=labels).loss * (len(part) / len(of_step))
            loss.backward()
            total += loss.item()
        optimiser.step()
        optimiser.zero_grad()
        return total

    report(torch, given, records, lambda record: len(record["input_ids"]), step)


if __name__ == "__main__":
    main()
