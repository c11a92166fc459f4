#!/usr/bin/env python3
"""The training step of diffusers + PEFT of a U-Net that predicts noise in latents: what a user would otherwise run.

    pip install torch diffusers peft safetensors
    python torch_unet.py PIPELINE RECORDS [--recompute] [--steps 5] [--batch 1] ...

RECORDS is a safetensors file of latents, noise, timesteps, prompt_embeds, pooled and time_ids; the first steps x batch of them are
taken in the file's order. LoRA is on to_q, to_k, to_v and to_out.0. A step's "tokens" are the places of its latents. Prints one JSON
line, as torch_peft.py does.
"""
from torch_peft import arithmetic, parser, parsed, report


def step(torch, unet, schedule, optimiser, data, records, given):
    """One optimiser step; returns the mean loss of its pictures."""
    total = 0.0
    for first in range(0, len(records), given.micro_batch):
        part = {name: tensor[records[first : first + given.micro_batch]] for name, tensor in data.items()}
        noised = schedule.add_noise(part["latents"], part["noise"], part["timesteps"])
        conditions = {"text_embeds": part["pooled"], "time_ids": part["time_ids"]}
        with arithmetic(torch, given):
            made = unet(noised, part["timesteps"], part["prompt_embeds"], added_cond_kwargs=conditions).sample
        loss = torch.nn.functional.mse_loss(made.float(), part["noise"]) * len(part["noise"]) / len(records)
        loss.backward()
        total += loss.item()
    optimiser.step()
    optimiser.zero_grad()
    return total


def main():
    made = parser(__doc__)
    made.add_argument("--recompute", action="store_true", help="values inside blocks are made again in the backward")
    given = parsed(made)
    import torch
    from diffusers import DDPMScheduler, UNet2DConditionModel
    from peft import LoraConfig
    from safetensors.torch import load_file

    torch.manual_seed(0)
    if given.threads:
        torch.set_num_threads(given.threads)
    data = load_file(given.records)
    unet = UNet2DConditionModel.from_pretrained(given.model, subfolder="unet").requires_grad_(False)
    if given.recompute:
        unet.enable_gradient_checkpointing()
    targets = ["to_q", "to_k", "to_v", "to_out.0"]
    unet.add_adapter(LoraConfig(r=given.rank, lora_alpha=given.alpha, target_modules=targets))
    unet.train()
    optimiser = torch.optim.AdamW([x for x in unet.parameters() if x.requires_grad], lr=given.learning_rate)
    schedule = DDPMScheduler.from_pretrained(given.model, subfolder="scheduler")
    places = data["latents"][0, 0].numel()
    records = list(range(given.steps * given.batch))
    report(
        torch,
        given,
        records,
        lambda record: places,
        lambda of_step: step(torch, unet, schedule, optimiser, data, of_step, given),
    )


if __name__ == "__main__":
    main()
