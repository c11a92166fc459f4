"""Makes the fixtures of the analysis of directions, and what it must find in them, with NumPy in float64.

    python make_fixtures.py [OUT_DIR]

base           a model: two layers of q_proj, v_proj, up_proj, down_proj, an embedding and a norm, in float32
tuned          the same, fully fine-tuned, in two shards; the norm and layer 1's v_proj are as in base
first          a PEFT adapter of q_proj, v_proj and up_proj, with rank_pattern and alpha_pattern
second         a PEFT adapter of q_proj and down_proj
run            a run directory of the training job: first as its adapter, a boundary, tracked directions
expected.json  change rates, recall and accuracy, similarity, amplification

All numbers are random (seed 20). Changes lean on a few directions of small singular values, so that predicting them is
possible and not trivial.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

EPSILON = 1e-6
SHAPES = {"self_attn.q_proj": (48, 40), "self_attn.v_proj": (16, 40), "mlp.up_proj": (56, 40), "mlp.down_proj": (40, 56)}
LAYERS = 2
random = np.random.default_rng(20)


def names(kinds=SHAPES):
    return [f"model.layers.{layer}.{kind}" for layer in range(LAYERS) for kind in SHAPES if kind in kinds]


def gaussian(*shape):
    return random.standard_normal(shape).astype(np.float32)


def svd(weight):
    u, sigma, vt = np.linalg.svd(weight.astype(np.float64), full_matrices=False)
    return u, sigma, vt.T


def rates(weight, change):
    u, sigma, v = svd(weight)
    delta = np.diag(u.T @ change.astype(np.float64) @ v)
    return delta, np.abs(delta) / (sigma + EPSILON)


def best(rate, count=16):
    return np.argsort(-rate, kind="stable")[:count]


def drift(weight, strength, rank=6):
    """A change that leans on some of the weight's small directions, over noise."""
    u, sigma, v = svd(weight)
    n = len(sigma)
    chosen = random.choice(np.arange(n // 3, n), rank, replace=False)
    lean = (u[:, chosen] * (strength * sigma[chosen] * random.uniform(0.5, 2, rank))) @ v[:, chosen].T
    return (lean + 0.002 * random.standard_normal(weight.shape)).astype(np.float32)


def factors(change, rank):
    """B and A of the best approximation of that rank, a little wrong."""
    u, sigma, vt = np.linalg.svd(change.astype(np.float64), full_matrices=False)
    b = u[:, :rank] * np.sqrt(sigma[:rank]) + 0.01 * random.standard_normal((change.shape[0], rank))
    a = np.sqrt(sigma[:rank])[:, None] * vt[:rank] + 0.01 * random.standard_normal((rank, change.shape[1]))
    return b.astype(np.float32), a.astype(np.float32)


def pattern(patterns, module, otherwise):
    """As peft.utils.other.get_pattern_key."""
    return next((value for key, value in patterns.items() if re.match(rf"(.*\.)?({key})$", module)), otherwise)


def adapter(directory, kinds, changes, config):
    tensors, products = {}, {}
    for name in names(kinds):
        rank = pattern(config["rank_pattern"], name, config["r"])
        scale = pattern(config["alpha_pattern"], name, config["lora_alpha"]) / rank
        b, a = factors(changes[name] / scale, rank)
        tensors[f"base_model.model.{name}.lora_A.weight"] = a
        tensors[f"base_model.model.{name}.lora_B.weight"] = b
        products[name] = scale * b.astype(np.float64) @ a.astype(np.float64)
    directory.mkdir(parents=True, exist_ok=True)
    save_file(tensors, directory / "adapter_model.safetensors", {"format": "pt"})
    whole = {"peft_type": "LORA", "target_modules": [kind.split(".")[-1] for kind in kinds], "bias": "none"} | config
    (directory / "adapter_config.json").write_text(json.dumps(whole, indent=1) + "\n")
    return products


def prediction(predicted, truth):
    return {
        "recall": len(set(truth[:4]) & set(predicted[:8])) / 4,
        "accuracy": len(set(predicted[:8]) & set(truth[:16])) / 8,
    }


def listed(numbers):
    return [float(number) for number in np.ravel(numbers)]


def model(out):
    weights = {f"{name}.weight": gaussian(*SHAPES[name.split(".", 3)[3]]) for name in names()}
    rest = {"model.embed_tokens.weight": gaussian(50, 40), "model.norm.weight": gaussian(40)}
    (out / "base").mkdir(parents=True, exist_ok=True)
    save_file(weights | rest, out / "base/model.safetensors", {"format": "pt"})
    (out / "base/config.json").write_text(json.dumps({"model_type": "none"}) + "\n")
    return weights, rest


def tuned_model(out, weights, rest, changes):
    tuned = {key: weight + changes[key[: -len(".weight")]] for key, weight in weights.items()}
    unchanged = "model.layers.1.self_attn.v_proj.weight"
    tuned[unchanged] = weights[unchanged]
    rest = rest | {"model.embed_tokens.weight": rest["model.embed_tokens.weight"] + 1}
    shards = [{}, {}]
    for i, (key, value) in enumerate((tuned | rest).items()):
        shards[i % 2][key] = value
    (out / "tuned").mkdir(exist_ok=True)
    index = {}
    for i, shard in enumerate(shards):
        file = f"model-0000{i + 1}-of-00002.safetensors"
        save_file(shard, out / "tuned" / file, {"format": "pt"})
        index |= {key: file for key in shard}
    (out / "tuned/model.safetensors.index.json").write_text(json.dumps({"weight_map": index}, indent=1) + "\n")
    return {key: value for key, value in tuned.items() if key != unchanged}


def run(out, weights, products, expected):
    directory = out / "run"
    (directory / "tsd/tracked").mkdir(parents=True, exist_ok=True)
    for file in ("adapter_model.safetensors", "adapter_config.json"):
        (directory / "adapter").mkdir(exist_ok=True)
        (directory / "adapter" / file).write_bytes((out / "first" / file).read_bytes())
    (directory / "resolved.conf").write_text(
        'run { output = "run" }\nmodel { path = "base" }\nadapter { method = lora-dash, rank = 4 }\n'
        "dash { directions = 8, pre-launch-steps = 15, epsilon = 1e-6 }\n"
    )
    events = [{"event": "step", "round": 0, "worker": 0, "step": step, "loss": 2.0} for step in range(30)]
    events.insert(15, {"event": "boundary", "round": 1, "step": 15, "targets": len(products)})
    (directory / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    boundary = {}
    for step in (10, 20):
        tracked = {}
        for name, product in products.items():
            noise = np.abs(product).mean() * random.standard_normal(product.shape) * (2 if step == 10 else 1)
            delta, rate = rates(weights[f"{name}.weight"], product * step / 30 + noise)
            tracked[f"{name}.directions"] = best(rate).astype(np.int64)
            tracked[f"{name}.delta_sigma"] = delta.astype(np.float32)
            truth = expected["tuned"].get(name)
            if truth:
                expected["tracked"].setdefault(str(step), {})[name] = prediction(best(rate), truth["directions"])
        save_file(tracked, directory / f"tsd/tracked/step-{step:09d}.safetensors")
    for name, product in products.items():
        weight = weights[f"{name}.weight"]
        delta, rate = rates(weight, product * 0.4 + 0.001 * random.standard_normal(product.shape))
        rate = rate.astype(np.float32)
        boundary[f"{name}.sigma"] = svd(weight)[1].astype(np.float32)
        boundary[f"{name}.delta_sigma"] = delta.astype(np.float32)
        boundary[f"{name}.change_rate"] = rate
        boundary[f"{name}.directions"] = best(rate, 8).astype(np.int64)
        end = np.array(expected["first"][name]["change_rate"])
        chosen = best(rate, 8)
        expected["amplification"][name] = {
            "directions": chosen.tolist(),
            "at_boundary": listed(rate[chosen]),
            "at_end": listed(end[chosen]),
            "factor": float(end[chosen].mean() / rate[chosen].astype(np.float64).mean()),
        }
        truth = expected["tuned"].get(name)
        if truth:
            expected["boundary"][name] = prediction(best(rate), truth["directions"])
    save_file(boundary, directory / "tsd/boundary.safetensors")


def ranked(weight, change):
    delta, rate = rates(weight, change)
    return {"delta_sigma": listed(delta), "change_rate": listed(rate), "directions": best(rate).tolist()}


def similarity(weight, first, second):
    u, _, v = svd(weight)
    return [
        [float(abs((u[:, i] @ u[:, j]) * (v[:, i] @ v[:, j]))) for j in second["directions"]]
        for i in first["directions"]
    ]


def global_basis(expected, weights, tuned):
    """The projection of W* on all of W's directions, up to the signs of the vectors; and W's similarity to W*."""
    key = "model.layers.0.self_attn.v_proj.weight"
    u, _, v = svd(weights[key])
    expected["global"] = listed(np.abs(u.T @ tuned[key].astype(np.float64) @ v))
    other_u, _, other_v = svd(tuned[key])
    expected["bases"] = [
        [float(abs((u[:, i] @ other_u[:, j]) * (v[:, i] @ other_v[:, j]))) for j in range(6)] for i in range(5)
    ]


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    weights, rest = model(out)
    changes = {name: drift(weights[f"{name}.weight"], 0.3) for name in names()}
    tuned = tuned_model(out, weights, rest, changes)
    first = adapter(out / "first", ["self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj"], changes, {
        "r": 4, "lora_alpha": 8, "rank_pattern": {"layers.1.self_attn.q_proj": 3}, "alpha_pattern": {"up_proj": 5.5}})
    others = {name: drift(weights[f"{name}.weight"], 0.5) for name in names()}
    mixed = {name: 0.5 * changes[name] + others[name] for name in names()}
    second = adapter(out / "second", ["self_attn.q_proj", "mlp.down_proj"], mixed, {
        "r": 5, "lora_alpha": 5, "rank_pattern": {}, "alpha_pattern": {}})

    expected = {"tuned": {}, "first": {}, "second": {}, "prediction": {}, "similarity": {}, "tracked": {},
                "boundary": {}, "amplification": {}}
    for key, weight in tuned.items():
        name = key[: -len(".weight")]
        expected["tuned"][name] = ranked(weights[key], weight.astype(np.float64) - weights[key])
    for task, products in (("first", first), ("second", second)):
        for name, product in products.items():
            expected[task][name] = ranked(weights[f"{name}.weight"], product)
    for name, found in expected["first"].items():
        if name in expected["tuned"]:
            expected["prediction"][name] = prediction(found["directions"], expected["tuned"][name]["directions"])
        if name in expected["second"]:
            expected["similarity"][name] = similarity(weights[f"{name}.weight"], found, expected["second"][name])
    run(out, weights, first, expected)
    global_basis(expected, weights, tuned)
    (out / "expected.json").write_text(json.dumps(expected) + "\n")


main()
