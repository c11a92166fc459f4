#!/usr/bin/env python3
"""Writes a pipeline with SDXL's U-Net, its channels divided, with random weights, and latents for it: what the race of U-Nets
needs where nothing can be downloaded.

    pip install torch diffusers safetensors
    python random_unet.py DIRECTORY [--divisor 4] [--side 32] [--records 24]

DIRECTORY gets model_index.json, unet, scheduler and records.safetensors; text encoders and VAE are not needed for latents.
"""
import argparse
import json
import pathlib

import torch
from diffusers import EulerDiscreteScheduler, UNet2DConditionModel
from safetensors.torch import save_file

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("directory", type=pathlib.Path)
parser.add_argument("--divisor", type=int, choices=[1, 2, 4], default=4, help="of SDXL's channels")
parser.add_argument("--side", type=int, default=32, help="of latents: an eighth of the picture's")
parser.add_argument("--records", type=int, default=24)
given = parser.parse_args()
torch.manual_seed(0)
channels = [320 // given.divisor, 640 // given.divisor, 1280 // given.divisor]
crossing = ["CrossAttnDownBlock2D", "CrossAttnUpBlock2D"]
UNet2DConditionModel(
    sample_size=given.side,
    down_block_types=["DownBlock2D", crossing[0], crossing[0]],
    up_block_types=[crossing[1], crossing[1], "UpBlock2D"],
    block_out_channels=channels,
    layers_per_block=2,
    transformer_layers_per_block=[1, 2, 10],
    attention_head_dim=[width // 64 or 1 for width in channels],
    cross_attention_dim=2048,
    use_linear_projection=True,
    norm_num_groups=32 // given.divisor,
    addition_embed_type="text_time",
    addition_time_embed_dim=256,
    projection_class_embeddings_input_dim=2816,
).save_pretrained(given.directory / "unet")
EulerDiscreteScheduler(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1
).save_pretrained(given.directory / "scheduler")
parts = {
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
(given.directory / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionXLPipeline"} | parts))
count, pixels = given.records, 8.0 * given.side
latents = torch.randn(count, 4, given.side, given.side)
save_file(
    {
        "latents": latents,
        "noise": torch.randn_like(latents),
        "timesteps": torch.randint(0, 1000, (count,)),
        "prompt_embeds": torch.randn(1, 77, 2048).repeat(count, 1, 1),
        "pooled": torch.randn(1, 1280).repeat(count, 1),
        "time_ids": torch.tensor([[pixels, pixels, 0, 0, pixels, pixels]]).repeat(count, 1),
    },
    str(given.directory / "records.safetensors"),
)
