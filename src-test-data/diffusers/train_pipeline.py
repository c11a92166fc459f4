#!/usr/bin/env python3
"""Trains a small StableDiffusionXLPipeline from photos, so that there is one whose samples show something.

    train_pipeline.py PHOTOS OUT [--without dog dog2 cat] [--vae-minutes 16] [--minutes 22] [--threads 1] [--vae OUT/vae]

PHOTOS has a folder for each subject, as dataset/ of github.com/google/dreambooth (CC BY 4.0), and prompts_and_classes.txt beside them, which
names each subject's class. The autoencoder is trained first, then U-Net and both text encoders together, on "a photo of a CLASS". Minutes are those of
each thread's processor, so that a busy machine only takes longer. The parts are
diffusers' and transformers' own, 64 pixels, latents a quarter of that. OUT is what `model.path` takes; OUT.png shows what it paints.
"""
import argparse, json, pathlib, random, time

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDPMScheduler, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from PIL import Image, ImageOps
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

p = argparse.ArgumentParser()
p.add_argument("photos", type=pathlib.Path)
p.add_argument("out", type=pathlib.Path)
p.add_argument("--without", nargs="*", default=["dog", "dog2", "cat"], help="subjects that are to be learned later")
p.add_argument("--vae-minutes", type=float, default=16)
p.add_argument("--minutes", type=float, default=22)
p.add_argument("--threads", type=int, default=1)
p.add_argument("--vae", type=pathlib.Path, help="an autoencoder that such a training left, to be used as it is")
p.add_argument("--seed", type=int, default=1)
a = p.parse_args()
SIDE, CUTS, LENGTH, BATCH = 64, 24, 16, 16
torch.manual_seed(a.seed)
torch.set_num_threads(a.threads)
chance = random.Random(a.seed)

# ---- photos: each cut out some times, as large a square or a smaller one, turned left to right or not ----
lines = (a.photos / "prompts_and_classes.txt").read_text().split("Prompts")[0].splitlines()
classes = dict(line.strip().split(",") for line in lines if line.count(",") == 1 and not line.startswith("subject"))
pictures, conditions, captions = [], [], []
for folder in sorted(x for x in a.photos.iterdir() if x.is_dir() and x.name not in a.without):
    for file in sorted(folder.glob("*.jpg")):
        photo = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
        for _ in range(CUTS):
            side = int(min(photo.size) * chance.uniform(0.75, 1))
            left, top = chance.randint(0, photo.width - side), chance.randint(0, photo.height - side)
            square = photo.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.LANCZOS)
            pictures.append(np.array(ImageOps.mirror(square) if chance.random() < 0.5 else square))
            scale = SIDE / side
            conditions.append([photo.height, photo.width, top * scale, left * scale, SIDE, SIDE])
            captions.append("a photo of a " + classes[folder.name])
pictures = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
conditions = torch.tensor(conditions, dtype=torch.float32)
print(len(pictures), "pictures of", len(set(captions)), "classes", flush=True)
as_numbers = lambda x: x.float() / 127.5 - 1


def train(parameters, minutes, rate, loss):
    """AdamW for so long, its rate rising for 100 steps and falling to nothing as a cosine of the time."""
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    spent = lambda: time.process_time() / a.threads / 60
    begun, step, mean = spent(), 0, None
    while (gone := (spent() - begun) / minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * gone))
        now = loss(step)
        now.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step, mean = step + 1, now.item() if mean is None else 0.99 * mean + 0.01 * now.item()
        if step % 200 == 0:
            print(f"step {step} loss {mean:.4f}, {gone:.0%} of the time", flush=True)
    print(f"{step} steps, loss {mean:.4f}", flush=True)


# ---- autoencoder ----
vae = AutoencoderKL(block_out_channels=[32, 64, 64], layers_per_block=1, latent_channels=4, norm_num_groups=16, sample_size=SIDE,
    down_block_types=["DownEncoderBlock2D"] * 3, up_block_types=["UpDecoderBlock2D"] * 3, force_upcast=False)


def vae_loss(step):
    x = as_numbers(pictures[torch.randint(0, len(pictures), (8,))])
    posterior = vae.encode(x).latent_dist
    return F.l1_loss(vae.decode(posterior.sample()).sample, x) + 1e-5 * posterior.kl().mean() / SIDE


if a.vae:
    vae = AutoencoderKL.from_pretrained(a.vae)
else:
    train(list(vae.parameters()), a.vae_minutes, 2e-3, vae_loss)
vae.eval().requires_grad_(False)
with torch.no_grad():
    posteriors = [vae.encode(as_numbers(x)).latent_dist for x in pictures.split(64)]
means, deviations = torch.cat([x.mean for x in posteriors]), torch.cat([x.std for x in posteriors])
scale = 1 / means.std().item()
vae.register_to_config(scaling_factor=scale)

# ---- tokenizers: CLIP's, whose merges are whole words of the captions and of the prompts to come ----
words = sorted(set(" ".join(captions).split()) | set("a photo of sks dog cat in the snow on beach red hat".split()))
printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
letters = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
symbols, merges = letters + [x + "</w>" for x in letters], []
for word in words:
    for n in range(2, len(word) + 1):
        pair = (word[:n - 1], word[n - 1] + ("</w>" if n == len(word) else ""))
        if pair not in merges:
            merges.append(pair)
symbols = list(dict.fromkeys(symbols + ["".join(x) for x in merges])) + ["<|startoftext|>", "<|endoftext|>"]
special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
for folder in ("tokenizer", "tokenizer_2"):
    d = a.out / folder
    d.mkdir(parents=True, exist_ok=True)
    (d / "vocab.json").write_text(json.dumps({x: i for i, x in enumerate(symbols)}, ensure_ascii=False))
    (d / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(x) + "\n" for x in merges))
    (d / "special_tokens_map.json").write_text(json.dumps(special))
    (d / "tokenizer_config.json").write_text(json.dumps(special | {"do_lower_case": True, "model_max_length": LENGTH, "tokenizer_class": "CLIPTokenizer",
        "add_prefix_space": False, "errors": "replace"}))

# ---- text encoders and U-Net ----
encoders = {}
for folder, kind, width, act in (("text_encoder", CLIPTextModel, 64, "quick_gelu"), ("text_encoder_2", CLIPTextModelWithProjection, 96, "gelu")):
    encoders[folder] = kind(CLIPTextConfig(vocab_size=len(symbols), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3, num_attention_heads=width // 32,
        max_position_embeddings=LENGTH, hidden_act=act, projection_dim=96, bos_token_id=len(symbols) - 2, eos_token_id=len(symbols) - 1, pad_token_id=len(symbols) - 1))
unet = UNet2DConditionModel(sample_size=SIDE // 4, in_channels=4, out_channels=4, block_out_channels=[32, 64, 96], layers_per_block=2, norm_num_groups=8,
    down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    transformer_layers_per_block=[1, 1, 1], attention_head_dim=[1, 2, 3], cross_attention_dim=160, use_linear_projection=True,
    addition_embed_type="text_time", addition_time_embed_dim=32, projection_class_embeddings_input_dim=6 * 32 + 96)
schedule = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, prediction_type="epsilon")
noising = DDPMScheduler(**schedule)
EulerDiscreteScheduler(**schedule, timestep_spacing="leading", steps_offset=1).save_pretrained(a.out / "scheduler")
part = lambda kind: [kind.__module__.split(".")[0], kind.__name__]
(a.out / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": True, "add_watermarker": None,
    "scheduler": part(EulerDiscreteScheduler), "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": part(UNet2DConditionModel), "vae": part(AutoencoderKL)} | {k: ["transformers", type(x).__name__] for k, x in encoders.items()}))


def save():
    for folder, encoder in encoders.items():
        encoder.config.architectures = [type(encoder).__name__]
        encoder.config.save_pretrained(a.out / folder)
        save_file({k if k.startswith("text_") else "text_model." + k: x.contiguous() for k, x in encoder.state_dict().items()},
            str(a.out / folder / "model.safetensors"), {"format": "pt"})
    unet.save_pretrained(a.out / "unet")
    vae.save_pretrained(a.out / "vae")


save()
tokens = StableDiffusionXLPipeline.from_pretrained(a.out, add_watermarker=False).tokenizer
distinct = sorted(set(captions))
ids = tokens(distinct, padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt").input_ids
which = torch.tensor([distinct.index(x) for x in captions])
print({x: tokens.convert_ids_to_tokens(y)[:8] for x, y in list(zip(distinct, ids.tolist()))[:3]}, flush=True)
parameters = [x for m in (unet, *encoders.values()) for x in m.parameters()]
print(sum(x.numel() for x in unet.parameters()), "parameters of the U-Net", flush=True)
averaged = [x.detach().clone() for x in parameters]
own_size = torch.tensor([[SIDE, SIDE, 0.0, 0, SIDE, SIDE]])


def unet_loss(step):
    with torch.no_grad():
        keep = min(0.999, (1 + step) / (10 + step))
        torch._foreach_lerp_(averaged, [x.detach() for x in parameters], 1 - keep)
    at = torch.randint(0, len(pictures), (BATCH,))
    one, two = (m(ids, output_hidden_states=True) for m in encoders.values())
    dropped = (torch.rand(BATCH) < 0.1).float()
    states = torch.cat([one.hidden_states[-2], two.hidden_states[-2]], -1)[which[at]] * (1 - dropped)[:, None, None]
    pooled = two.text_embeds[which[at]] * (1 - dropped)[:, None]
    latents = (means[at] + deviations[at] * torch.randn_like(means[at])) * scale
    noise, t = torch.randn_like(latents), torch.randint(0, 1000, (BATCH,))
    size = torch.where(torch.rand(BATCH, 1) < 0.5, conditions[at], own_size)
    made = unet(noising.add_noise(latents, noise, t), t, states, added_cond_kwargs={"text_embeds": pooled, "time_ids": size}).sample
    return F.mse_loss(made, noise)


train(parameters, a.minutes, 1e-3, unet_loss)
with torch.no_grad():
    torch._foreach_copy_(parameters, averaged)
save()

# ---- what it paints: a photo in, the same through the autoencoder, and eight classes ----
pipe = StableDiffusionXLPipeline.from_pretrained(a.out, add_watermarker=False)
pipe.set_progress_bar_config(disable=True)
shown = pictures[:: len(pictures) // 8][:8]
with torch.no_grad():
    again = vae.decode(vae.encode(as_numbers(shown)).latent_dist.mean).sample
rows = [shown.permute(0, 2, 3, 1).numpy(), ((again / 2 + 0.5).clamp(0, 1) * 255).byte().permute(0, 2, 3, 1).numpy()]
for seed in (0, 1):
    rows.append(np.stack([np.array(pipe(f"a photo of a {x}", num_inference_steps=25, guidance_scale=4.0, height=SIDE, width=SIDE,
        generator=torch.Generator().manual_seed(seed)).images[0]) for x in ("dog", "cat", "backpack", "toy", "sneaker", "vase", "teapot", "stuffed animal")]))
Image.fromarray(np.concatenate([np.concatenate(list(x), 1) for x in rows])).resize((SIDE * 8 * 2, SIDE * len(rows) * 2), Image.NEAREST).save(a.out.with_suffix(".png"))
