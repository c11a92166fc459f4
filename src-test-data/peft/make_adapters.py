#!/usr/bin/env python3
"""LoRA adapters of a model as stock PEFT writes them, in every way of saying which layers, ranks and scales there are.

    pip install -r ../python/requirements.txt
    python make_adapters.py MODEL_DIR OUT_DIR

Each becomes OUT_DIR/NAME with random factors, and beside it OUT_DIR/NAME/expected.safetensors with `input_ids` and the `logits` of
stock PEFT that has loaded it again.
"""
import json
import pathlib
import sys

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

model_directory, out = sys.argv[1], pathlib.Path(sys.argv[2])


def base():
    return transformers.AutoModelForCausalLM.from_pretrained(model_directory, dtype=torch.float32)


linears = sorted({name.split(".")[-1] for name, module in base().named_modules() if isinstance(module, torch.nn.Linear)} - {"lm_head"})
query = "qkv_proj" if "qkv_proj" in linears else "q_proj"
ADAPTERS = {
    "list": {"target_modules": [query, "down_proj"]},
    "whole-names": {"target_modules": [f"model.layers.0.self_attn.{query}", "model.layers.1.mlp.down_proj"], "layers_to_transform": [0]},
    "expression": {"target_modules": rf".*layers\.(?:0|1)\.(?P<part>self_attn|mlp)\.({query}|down_proj)"},
    "all-linear": {"target_modules": "all-linear", "exclude_modules": ["down_proj"]},
    "patterns": {
        "target_modules": linears,
        "rank_pattern": {query: 2, r"model.layers.0.mlp.down_proj": 5, r".*\.(o|up)_proj": 3},
        "alpha_pattern": {"down_proj": 1, rf"layers\.1\.self_attn\.{query}": 16, "^o_proj": 3},
    },
    "rslora": {"target_modules": linears, "use_rslora": True, "rank_pattern": {"down_proj": 2}},
    "layers": {"target_modules": [query, "o_proj"], "layers_to_transform": [1], "layers_pattern": "layers"},
    "saved": {"target_modules": [query], "modules_to_save": ["lm_head"]},
    "gaussian": {"target_modules": [query], "init_lora_weights": "gaussian", "fan_in_fan_out": True},
    "older": {"target_modules": linears},
    "half": {"target_modules": [query]},
}


def make(name, settings):
    torch.manual_seed(len(name))
    model = get_peft_model(base(), LoraConfig(r=4, lora_alpha=6, task_type="CAUSAL_LM", **settings))
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.add_(0.1 * torch.randn_like(parameter))
    directory = out / name
    model.save_pretrained(directory)
    weights = directory / "adapter_model.safetensors"
    if name == "older":
        torch.save(load_file(weights), directory / "adapter_model.bin")
        weights.unlink()
    if name == "half":
        save_file({key: value.to(torch.bfloat16) for key, value in load_file(weights).items()}, weights)
    config = directory / "adapter_config.json"
    # PEFT takes back what does not fit linear layers, with a warning; older files have it all the same.
    config.write_text(json.dumps(json.loads(config.read_text()) | {"fan_in_fan_out": settings.get("fan_in_fan_out", False)}))
    loaded = PeftModel.from_pretrained(base(), directory).eval()
    input_ids = (3 + 37 * torch.arange(24)) % min(200, loaded.config.vocab_size)
    with torch.no_grad():
        logits = loaded(input_ids=input_ids[None]).logits[0].contiguous()
    save_file({"input_ids": input_ids, "logits": logits}, directory / "expected.safetensors")


for name, settings in ADAPTERS.items():
    make(name, settings)
