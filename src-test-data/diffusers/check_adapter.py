#!/usr/bin/env python3
"""Whether stock diffusers, with an adapter that it loads, has a U-Net that predicts what a file says.

    check_adapter.py PIPELINE ADAPTER PREDICTED

PREDICTED is a safetensors file of the U-Net's inputs (sample, timesteps, prompt_embeds, pooled, time_ids) and of its output (predicted).
"""
import sys

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import load_file

pipeline, adapter, file = sys.argv[1:]
given = load_file(file)


def predicted(load):
    pipe = StableDiffusionXLPipeline.from_pretrained(pipeline, torch_dtype=torch.float32)
    if load:
        pipe.load_lora_weights(adapter)
    with torch.no_grad():
        return pipe.unet(
            given["sample"], given["timesteps"], encoder_hidden_states=given["prompt_embeds"],
            added_cond_kwargs={"text_embeds": given["pooled"], "time_ids": given["time_ids"]}).sample


def difference(x, y):
    return ((x - y).norm() / y.norm()).item()


tuned, base, ours = predicted(True), predicted(False), given["predicted"]
moved, off = difference(tuned, base), difference(ours, tuned)
print(f"the adapter moves the output by {moved:.3e}; ours differs by {off:.3e}, relative")
sys.exit(0 if moved > 1e-2 and off < 1e-4 else 1)
