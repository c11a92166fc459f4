#!/usr/bin/env python3
"""Makes the records of this folder: questions of three sets, without their answers, to be sorted by what they are about.

    python make_records.py DATA_DIR [--out .]

DATA_DIR has LLM-Adapters' ARC-Easy, piqa and social_i_qa. Of each the first 560 questions that have at most 200
letters, the sets in turns: train.json gets 1,500 as a JSON array, held-out.jsonl the other 180 as JSON lines.
"""
import argparse
import json
import pathlib
import re

SETS = {"science": "ARC-Easy", "household": "piqa", "people": "social_i_qa"}
EACH, TRAIN, LONGEST = 560, 1500, 200

parser = argparse.ArgumentParser()
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
arguments = parser.parse_args()


def questions(name):
    """The questions alone, in the set's order."""
    for record in json.loads((arguments.data / name / "test.json").read_text(encoding="utf-8")):
        question = re.match(r"Please choose the correct \w+ to the question: (.*?)\n\n", record["instruction"], re.S)
        if question and len(question[1]) <= LONGEST:
            yield question[1].strip()


def record(topic, question):
    return json.dumps({
        "instruction": f"What is this question about?\n\n{question}\n\nAnswer format: {'/'.join(SETS)}",
        "input": "",
        "output": f"the correct answer is {topic}",
        "answer": topic,
    }, ensure_ascii=False)


topics = {topic: list(questions(name))[:EACH] for topic, name in SETS.items()}
lines = [record(topic, topics[topic][i]) for i in range(EACH) for topic in SETS]
(arguments.out / "train.json").write_text("[\n" + ",\n".join(lines[:TRAIN]) + "\n]\n", encoding="utf-8")
(arguments.out / "held-out.jsonl").write_text("\n".join(lines[TRAIN:]) + "\n", encoding="utf-8")
