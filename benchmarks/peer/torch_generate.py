#!/usr/bin/env python3
"""transformers' generate on the same model and prompts: what a user would otherwise run.

    pip install torch transformers
    python torch_generate.py MODEL RECORDS [--records 100] [--batch 16] [--max-tokens 32] [--beams 1] ...

RECORDS is a JSON array or JSON lines of instruction and input; the first ones are taken in the file's order, in the training
template, in batches that are padded on the left. Greedy, or by beams; float32. Prints one JSON line: tokens are new
ones, each answer up to and with its end; the first batch is computed once before, to warm up.
"""
import argparse
import json
import time

from torch_peft import peak_memory_mib, prompt, read_records


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a Hugging Face model directory")
    parser.add_argument("records", help="a file of records")
    parser.add_argument("--records", dest="count", type=int, default=100, help="how many records")
    parser.add_argument("--batch", type=int, default=16, help="prompts that are computed together")
    parser.add_argument("--max-tokens", type=int, default=32, help="most new tokens of a prompt")
    parser.add_argument("--beams", type=int, default=1)
    parser.add_argument("--threads", type=int, help="default: PyTorch's own choice")
    return parser.parse_args()


def main():
    given = arguments()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if given.threads:
        torch.set_num_threads(given.threads)
    tokenizer = AutoTokenizer.from_pretrained(given.model, padding_side="left")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(given.model, dtype=torch.float32)
    prompts = [prompt(record) for record in read_records(given.records, given.count)]
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]

    def answers(texts):
        inputs = tokenizer(texts, return_tensors="pt", padding=True, return_token_type_ids=False)
        out = model.generate(
            **inputs,
            max_new_tokens=given.max_tokens,
            do_sample=False,
            num_beams=given.beams,
            pad_token_id=tokenizer.pad_token_id,
        )
        rows = [row[inputs.input_ids.shape[1] :] for row in out.tolist()]
        return [next((row[: i + 1] for i, token in enumerate(row) if token in ends), row) for row in rows]

    with torch.inference_mode():
        answers(prompts[: given.batch])
        begin = time.perf_counter()
        all_answers = []
        for first in range(0, len(prompts), given.batch):
            all_answers += answers(prompts[first : first + given.batch])
        seconds = time.perf_counter() - begin
    tokens = sum(map(len, all_answers))
    print(
        json.dumps(
            {
                "tokens_per_second": tokens / seconds,
                "seconds": seconds,
                "tokens": tokens,
                "threads": torch.get_num_threads(),
                "peak_memory_mib": peak_memory_mib(),
                "answers": all_answers,
            }
        )
    )


if __name__ == "__main__":
    main()
