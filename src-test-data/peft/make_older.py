#!/usr/bin/env python3
"""The adapter in `older`, with adapter_model.bin as PEFT wrote it before safetensors: factors of one layer, elements counted."""
import json
import pathlib

import torch

HERE = pathlib.Path(__file__).resolve().parent / "older"
HERE.mkdir(exist_ok=True)
NAME = "base_model.model.model.layers.0.self_attn.q_proj.lora_%s.weight"
config = {
    "base_model_name_or_path": "a/model", "bias": "none", "enable_lora": None, "fan_in_fan_out": False, "inference_mode": True,
    "lora_alpha": 3, "lora_dropout": 0.0, "merge_weights": False, "modules_to_save": None, "peft_type": "LORA", "r": 2,
    "target_modules": ["q_proj"], "task_type": "CAUSAL_LM",
}
(HERE / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
numbers = torch.arange(22, dtype=torch.float32)
torch.save({NAME % "A": numbers[:10].reshape(2, 5), NAME % "B": numbers[10:].reshape(6, 2)}, HERE / "adapter_model.bin")
