#!/usr/bin/env python3
"""transformers' pipeline over the same model and rows: what a user would otherwise run.

    pip install torch transformers peft
    python torch_predict.py MODEL ROWS --columns sentence [--adapter DIRECTORY] [--labels 2] --batches 8,32,64 ...
    python torch_predict.py MODEL ROWS --batches 1,8,16 [--max-tokens 32] [--beams 1]

ROWS is JSON lines. With --columns their texts, one or a pair, are classified; the adapter is merged into the model before.
Without, their instruction and input is answered in the training template. Each number of rows that are computed together is
measured twice: with the rows in their order, and sorted by their lengths. Prints one JSON line; a batch of each is computed before,
to warm up, and the model is read before that.
"""
import argparse
import json
import time

from torch_peft import peak_memory_mib, prompt


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a Hugging Face model directory")
    parser.add_argument("rows", help="a file of JSON lines")
    parser.add_argument("--columns", default="", help="of texts that are classified, with commas between")
    parser.add_argument("--adapter", help="PEFT's")
    parser.add_argument("--labels", type=int, help="default: the model's own")
    parser.add_argument("--batches", default="1,8,16", help="rows that are computed together, with commas between")
    parser.add_argument("--max-tokens", type=int, default=32, help="most new tokens of a text")
    parser.add_argument("--beams", type=int, default=1)
    parser.add_argument("--threads", type=int, help="default: PyTorch's own choice")
    return parser.parse_args()


def main():
    given = arguments()
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, pipeline

    if given.threads:
        torch.set_num_threads(given.threads)
    begin = time.perf_counter()
    columns = [name for name in given.columns.split(",") if name]
    tokenizer = AutoTokenizer.from_pretrained(given.model, padding_side="right" if columns else "left")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    kind = AutoModelForSequenceClassification if columns else AutoModelForCausalLM
    labels = {"num_labels": given.labels} if given.labels else {}
    model = kind.from_pretrained(given.model, dtype=torch.float32, **labels)
    if given.adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, given.adapter).merge_and_unload()
    with open(given.rows, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    if columns:
        inputs = [dict(zip(("text", "text_pair"), (row[name] for name in columns))) for row in rows]
        options = {"truncation": True, "top_k": None}
    else:
        inputs = [prompt(row) for row in rows]
        ending = {"max_new_tokens": given.max_tokens, "num_beams": given.beams, "do_sample": False}
        options = {"return_full_text": False, **ending}
    pipe = pipeline("text-classification" if columns else "text-generation", model=model, tokenizer=tokenizer)
    loading = time.perf_counter() - begin

    def said(out):
        if columns:
            return max(out, key=lambda one: one["score"])["label"]
        return out[0]["generated_text"]

    def length(one):
        return sum(map(len, one.values())) if columns else len(one)

    measured = []
    answers = None
    for order in ["", ", sorted by length"]:
        together = sorted(inputs, key=length) if order else inputs
        for batch in map(int, given.batches.split(",")):
            if order and batch == 1:
                continue
            pipe(together[:batch], batch_size=batch, **options)
            begin = time.perf_counter()
            out = pipe(together, batch_size=batch, **options)
            seconds = time.perf_counter() - begin
            answers = answers or [said(one) for one in out]
            measured.append({"name": f"batches of {batch}{order}", "rows_per_second": len(rows) / seconds})
    print(
        json.dumps(
            {"rows": measured, "loading": loading, "peak_memory_mib": peak_memory_mib(), "answers": answers},
        )
    )


if __name__ == "__main__":
    main()
