#!/usr/bin/env python3
"""Independent PyTorch oracle for parameter-averaged LoRA-Dash of an SDXL U-Net by DreamBooth, in float64.

    pip install torch transformers diffusers peft safetensors numpy pillow
    python make_golden_sdxl.py OUT_DIR [--seed 1 --workers 2 --rounds 4 --channels 8,16,24 ...]

The models are diffusers' and transformers' own, never changed; the adapter, the optimiser, the averaging and the boundary are
written here. It makes a tiny random SDXL pipeline, what training on given latents must give, and what every other stage
(tokens, text encoders, image, VAE, noising, U-Net, sampling) must give. At the end it checks itself against PEFT and diffusers.

Layout of OUT_DIR:
  model/            a pipeline in diffusers' layout, float32, with the file and tensor names of stabilityai/stable-diffusion-xl-base-1.0
  data.safetensors  latents, noise [N,4,h,w], timesteps [N] int64, prompt_embeds [N,L,D], pooled [N,P], time_ids [N,6]; round r,
                    worker w, local step f, row b is record ((r * workers + w) * local_steps + f) * batch + b
  initial/          adapter_config.json, adapter_model.safetensors (PEFT names, base_model.model.NAME, NAME as in unet.named_modules())
  first_grads.safetensors    gradient of step 0 of worker 0, per trainable tensor
  boundary.json     per target: sigma, delta_sigma, change_rate, directions (best first)
  boundary/  final/ adapters; final/ also holds NAME.dash.{u,v,coordinates} and pytorch_lora_weights.safetensors, the plain LoRA of
                    rank r + s that StableDiffusionXLPipeline.load_lora_weights loads
  expected.json     settings, the losses [round][worker][step], how far the same training in float32 is from them, the checks below
  photo.png  parts.safetensors  parts.json    the other stages: parts.json says what each tensor is
  sample.png        what the pipeline draws in 10 steps
"""
import argparse, collections, json, math, pathlib, re, sys, tempfile, traceback, warnings
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file
from torch.utils._python_dispatch import TorchDispatchMode
import transformers, diffusers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from diffusers import AutoencoderKL, DDPMScheduler, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

HERE = pathlib.Path(__file__).resolve().parent
numbers = lambda text: [int(x) for x in re.split("[,x]", text)]
p = argparse.ArgumentParser()
p.add_argument("out", type=pathlib.Path)
p.add_argument("--seed", type=int, default=1)
p.add_argument("--channels", type=numbers, default=[8, 16, 24])
p.add_argument("--heads", type=numbers, default=[2, 4, 3], help="attention_head_dim of the U-Net, which is a number of heads")
p.add_argument("--layers-per-block", type=int, default=2)
p.add_argument("--transformer-layers", type=numbers, default=[1, 1, 2])
p.add_argument("--groups", type=int, default=4)
p.add_argument("--time-dim", type=int, default=8)
p.add_argument("--latent", type=numbers, default=[8, 8], help="height x width")
p.add_argument("--vae-channels", type=numbers, default=[8, 8, 12, 12])
p.add_argument("--vae-layers", type=int, default=1)
p.add_argument("--text-widths", type=numbers, default=[16, 24])
p.add_argument("--text-heads", type=numbers, default=[2, 3])
p.add_argument("--text-layers", type=numbers, default=[3, 3])
p.add_argument("--projection", type=int, default=20)
p.add_argument("--prompt-length", type=int, default=77)
p.add_argument("--merges", type=int, default=160)
p.add_argument("--own-eos", action="store_true", help="eos_token_id is the token's number; SDXL's configurations say 2, which means the largest number")
p.add_argument("--photo", type=pathlib.Path, default=HERE.parent / "data/dreambooth/dog/00.jpg")
p.add_argument("--resolution", type=int, default=64)
p.add_argument("--rank", type=int, default=4)
p.add_argument("--alpha", type=float, default=8)
p.add_argument("--targets", default="to_q,to_k,to_v,to_out.0")
p.add_argument("--directions", type=int, default=8)
p.add_argument("--epsilon", type=float, default=1e-6)
p.add_argument("--workers", type=int, default=2)
p.add_argument("--rounds", type=int, default=4)
p.add_argument("--local-steps", type=int, default=2)
p.add_argument("--warmup-rounds", type=int, default=2, help="rounds of pre-launch")
p.add_argument("--batch", type=int, default=2)
p.add_argument("--lr", type=float, default=3e-3)
p.add_argument("--lr-warmup-steps", type=int, default=3)
p.add_argument("--weight-decay", type=float, default=0.01)
p.add_argument("--prediction", default="epsilon", choices=["epsilon", "v_prediction"])
p.add_argument("--method", default="lora-dash", choices=["lora", "lora-dash"])
a = p.parse_args()

warnings.filterwarnings("ignore")
for library in (transformers, diffusers):
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
torch.manual_seed(a.seed)
torch.set_num_threads(1)  # everything is tiny
g = torch.Generator().manual_seed(a.seed + 1)
normal = lambda *shape: torch.randn(*shape, generator=g)  # float32, so exactly representable in it
out, model = a.out, a.out / "model"
for d in ("initial", "boundary", "final"):
    (out / d).mkdir(parents=True, exist_ok=True)

# ==== 1. a tiny random pipeline ======================================================================================

def randomised(module, **gains):
    """Weights that keep every activation near one, attention that is far from uniform, no bias at zero."""
    with torch.no_grad():
        for name, m in module.named_modules():
            gain = next((x for k, x in gains.items() if name.endswith(k)), 1.3 if re.search(r"(to_[qk]|[qk]_proj)$", name) else 1.0)
            for kind, w in m.named_parameters(recurse=False):
                if isinstance(m, (torch.nn.LayerNorm, torch.nn.GroupNorm)) and kind == "weight":
                    w.copy_(torch.rand(w.shape, generator=g) + 0.5)
                elif isinstance(m, torch.nn.Embedding):
                    w.copy_(normal(w.shape) * 0.6)
                elif w.dim() == 1:
                    w.copy_(normal(w.shape) * 0.2)
                else:
                    w.copy_(normal(w.shape) * gain / math.sqrt(w[0].numel()))
    return module.eval().requires_grad_(False)

# ---- the tokenizers: CLIP's order of symbols (bytes, bytes at the end of a word, merges, the two special ones) ----
printable = [*range(33, 127), *range(161, 173), *range(174, 256)]  # these bytes stand for themselves, the rest for 256, 257, ...
byte_symbols = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
CORPUS = """a photo of sks dog a photo of a dog the dog in the jungle the dog in the snow on the beach on a cobblestone street on top of pink
fabric on top of a wooden floor with a city in the background with a mountain in the background with a blue house in the background
wearing a red hat wearing a santa hat wearing a rainbow scarf wearing a black top hat and a monocle in a chef outfit in a firefighter
outfit in a police outfit wearing pink glasses wearing a yellow shirt in a purple wizard outfit a red dog a purple dog a shiny dog a
wet dog a cube shaped dog floating on top of water floating in an ocean of milk on top of green grass with sunflowers around it"""

def bpe(words, n):
    words = {tuple(w[:-1]) + (w[-1] + "</w>",): c for w, c in collections.Counter(words).items()}
    merges = []
    while len(merges) < n:
        pairs = collections.Counter()
        for w, c in words.items():
            for pair in zip(w, w[1:]):
                pairs[pair] += c
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        join = lambda w: w if len(w) < 2 else (w[0] + w[1],) + join(w[2:]) if w[:2] == best else (w[0],) + join(w[1:])
        words = {join(w): c for w, c in words.items()}
    return merges

merges = bpe(CORPUS.split(), a.merges)
symbols = byte_symbols + [s + "</w>" for s in byte_symbols] + ["".join(m) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
vocabulary = {s: i for i, s in enumerate(symbols)}
assert len(vocabulary) == len(symbols)
special = lambda s: {"content": s, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
for folder, pad in (("tokenizer", "<|endoftext|>"), ("tokenizer_2", "!")):
    d = model / folder
    d.mkdir(parents=True, exist_ok=True)
    (d / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (d / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(m) + "\n" for m in merges))
    names = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    (d / "special_tokens_map.json").write_text(json.dumps({k: special(s) for k, s in names.items()} | {"pad_token": pad}, indent=1))
    (d / "tokenizer_config.json").write_text(json.dumps({"add_prefix_space": False, "do_lower_case": True, "errors": "replace",
        "model_max_length": a.prompt_length, "tokenizer_class": "CLIPTokenizer", "pad_token": pad}
        | {k: {"__type": "AddedToken"} | special(s) for k, s in names.items()}, indent=1))

# ---- the text encoders ----
end = vocabulary["<|endoftext|>"]
for i, (folder, kind, act) in enumerate((("text_encoder", CLIPTextModel, "quick_gelu"), ("text_encoder_2", CLIPTextModelWithProjection, "gelu"))):
    w = a.text_widths[i]
    config = CLIPTextConfig(vocab_size=len(symbols), hidden_size=w, intermediate_size=4 * w, num_hidden_layers=a.text_layers[i],
        num_attention_heads=a.text_heads[i], max_position_embeddings=a.prompt_length, hidden_act=act, layer_norm_eps=1e-5,
        projection_dim=a.projection if i else w, bos_token_id=end - 1 if a.own_eos else 0, eos_token_id=end if a.own_eos else 2, pad_token_id=1)
    encoder = randomised(kind(config))
    encoder.config.architectures = [kind.__name__]
    encoder.config.save_pretrained(model / folder)
    # transformers 5 writes CLIPTextModel without the prefix that every published SDXL file has: text_model.
    save_file({k if k.startswith("text_") else "text_model." + k: x.contiguous() for k, x in encoder.state_dict().items()},
        str(model / folder / "model.safetensors"), {"format": "pt"})

# ---- U-Net, VAE, schedule ----
n = len(a.channels)
unet_config = dict(sample_size=a.latent if a.latent[0] != a.latent[1] else a.latent[0], in_channels=4, out_channels=4, flip_sin_to_cos=True, freq_shift=0,
    down_block_types=["DownBlock2D"] + ["CrossAttnDownBlock2D"] * (n - 1), up_block_types=["CrossAttnUpBlock2D"] * (n - 1) + ["UpBlock2D"],
    mid_block_type="UNetMidBlock2DCrossAttn", block_out_channels=a.channels, layers_per_block=a.layers_per_block, act_fn="silu",
    norm_num_groups=a.groups, norm_eps=1e-5, cross_attention_dim=sum(a.text_widths), transformer_layers_per_block=a.transformer_layers,
    attention_head_dim=a.heads, use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=a.time_dim,
    projection_class_embeddings_input_dim=6 * a.time_dim + a.projection)
vae_levels = len(a.vae_channels)
vae_config = dict(in_channels=3, out_channels=3, down_block_types=["DownEncoderBlock2D"] * vae_levels, up_block_types=["UpDecoderBlock2D"] * vae_levels,
    block_out_channels=a.vae_channels, layers_per_block=a.vae_layers, act_fn="silu", latent_channels=4, norm_num_groups=4,
    sample_size=a.resolution, scaling_factor=0.13025, force_upcast=True)
randomised(UNet2DConditionModel(**unet_config)).save_pretrained(model / "unet")
randomised(AutoencoderKL(**vae_config), quant_conv=4.0, post_quant_conv=0.3, conv_out=0.8).save_pretrained(model / "vae")
scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, prediction_type=a.prediction,
    interpolation_type="linear", use_karras_sigmas=False, timestep_spacing="leading", steps_offset=1)
scheduler.save_pretrained(model / "scheduler")
part = lambda library, name: [library, name]
(model / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionXLPipeline", "_diffusers_version": diffusers.__version__,
    "force_zeros_for_empty_prompt": True, "add_watermarker": None, "scheduler": part("diffusers", "EulerDiscreteScheduler"),
    "text_encoder": part("transformers", "CLIPTextModel"), "text_encoder_2": part("transformers", "CLIPTextModelWithProjection"),
    "tokenizer": part("transformers", "CLIPTokenizer"), "tokenizer_2": part("transformers", "CLIPTokenizer"),
    "unet": part("diffusers", "UNet2DConditionModel"), "vae": part("diffusers", "AutoencoderKL")}, indent=1))

# ==== 2. the other stages, by the stock pipeline =====================================================================

def pipeline(dtype):
    made = StableDiffusionXLPipeline.from_pretrained(model, add_watermarker=False).to(dtype)
    made.set_progress_bar_config(disable=True)
    return made

pipe, pipe32 = pipeline(torch.float64), pipeline(torch.float32)
parts, meaning, float32_gap = {}, {}, {}
def put(key, x, said, same_in_float32=None):
    """Keeps a tensor (computed in float64) as float32, and how far stock float32 is from it."""
    x = x.detach()
    parts[key] = (x.float() if x.is_floating_point() else x).contiguous().clone()
    meaning[key] = said
    if same_in_float32 is not None:
        float32_gap[key] = ((same_in_float32.double() - x).norm() / x.norm()).item()

both = lambda f: (f(pipe, torch.float64), f(pipe32, torch.float32))  # the same in float64 and float32
with torch.no_grad():
    # ---- (a) text ----
    prompts = ["a photo of sks dog", "A Café-bar,  with 2 DOGS & the red hat! it's 100% wet 🐶\n(purple)",
               "the dog in a purple wizard outfit floating on top of water with a mountain in the background, " * 8]
    for key, tokenizer in (("tokens.one", pipe.tokenizer), ("tokens.two", pipe.tokenizer_2)):
        ids = tokenizer(prompts, padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt").input_ids
        put(key, ids, f"[3,L] the three prompts by {'tokenizer' if key.endswith('one') else 'tokenizer_2'}, cut and padded to model_max_length")
    encoded = both(lambda pi, t: pi.encode_prompt(prompts, device="cpu", do_classifier_free_guidance=True, negative_prompt=["", "", ""]))
    (embeds, _, pooled, _), (embeds32, _, pooled32, _) = encoded
    put("text.prompt_embeds", embeds, "[3,L,D] penultimate hidden states of both encoders, joined on the last axis (text_encoder first)", embeds32)
    put("text.pooled", pooled, "[3,P] text_encoder_2's projected state of the end-of-text token", pooled32)
    put("text.empty.prompt_embeds", encoded[0][1][:1], "[1,L,D] the same of the empty prompt", encoded[1][1][:1])
    put("text.empty.pooled", encoded[0][3][:1], "[1,P] the same of the empty prompt", encoded[1][3][:1])

    # ---- (b) image and VAE: torchvision's Resize (shorter side), CenterCrop, ToTensor, Normalize on a PIL image ----
    def preprocess(image):
        image = ImageOps.exif_transpose(image).convert("RGB")
        original, (w, h), r = (image.height, image.width), image.size, a.resolution
        w, h = (r, int(r * h / w)) if w <= h else (int(r * w / h), r)
        resized = image.resize((w, h), Image.BILINEAR)
        y1, x1 = max(0, int(round((h - r) / 2.0))), max(0, int(round((w - r) / 2.0)))  # Python rounds halves to even
        cropped = resized.crop((x1, y1, x1 + r, y1 + r))
        pixels = lambda im: torch.from_numpy(np.array(im)).to(torch.int32)
        tensor = (pixels(cropped).permute(2, 0, 1).double() / 255 - 0.5) / 0.5
        return pixels(image), pixels(resized), tensor[None], [*original, y1, x1, r, r]
    photo = Image.open(a.photo).convert("RGB")
    photo.crop((0, 90, photo.width, 90 + photo.width * 80 // 102)).resize((102, 80), Image.LANCZOS).save(out / "photo.png")
    photo_pixels, resized, image, time_ids = preprocess(Image.open(out / "photo.png"))
    _, jpeg_resized, jpeg, jpeg_time_ids = preprocess(Image.open(a.photo))
    put("image.pixels", photo_pixels, "[H,W,3] int32 0..255: photo.png")
    put("image.resized", resized, "[h,w,3] int32: its shorter side brought to `resolution` (PIL's bilinear, which averages when it shrinks)")
    put("image.tensor", image, "[1,3,R,R] centre crop of that, 0..255 to [-1,1]")
    put("image.time_ids", torch.tensor([time_ids], dtype=torch.float64), "[1,6] height, width before; top, left of the crop; target height, width")
    put("jpeg.resized", jpeg_resized, "[R,R,3] int32: the same of the photo itself, decoded by PIL (decoders of JPEG differ by a few levels)")
    put("jpeg.time_ids", torch.tensor([jpeg_time_ids], dtype=torch.float64), "[1,6] of the photo itself")
    posterior, posterior32 = both(lambda pi, t: pi.vae.encode(image.to(t)).latent_dist)
    scaling = vae_config["scaling_factor"]
    put("vae.mean", posterior.mean, "[1,4,r,r] mean of the posterior of image.tensor", posterior32.mean)
    put("vae.logvar", posterior.logvar, "[1,4,r,r] its log-variance, clamped to [-30,20]", posterior32.logvar)
    put("vae.latents", posterior.mean * scaling, "[1,4,r,r] mean * scaling_factor", posterior32.mean * scaling)
    draw = normal(posterior.mean.shape)
    put("vae.draw", draw, "[1,4,r,r] a draw of N(0,1)")
    put("vae.sampled_latents", (posterior.mean + posterior.std * draw) * scaling, "[1,4,r,r] (mean + exp(logvar / 2) * draw) * scaling_factor: what training uses")
    given = normal(2, 4, *a.latent)
    put("decode.latents", given, "[2,4,h,w] latents as the U-Net has them (divide by scaling_factor before the VAE)")
    decoded = both(lambda pi, t: pi.vae.decode(given.to(t) / scaling).sample)
    put("decode.image", decoded[0], "[2,3,8h,8w] what the VAE makes of them, not clamped", decoded[1])

    # ---- (c) noising ----
    ddpm = DDPMScheduler.from_pretrained(model / "scheduler")
    at = torch.tensor([0, 1, 17, 250, 500, 998, 999])
    x, e = normal(len(at), 4, *a.latent), normal(len(at), 4, *a.latent)
    put("noise.timesteps", at, "[7] int64")
    put("noise.alphas_cumprod", ddpm.alphas_cumprod[at], "[7] abar_t, betas scaled_linear; diffusers computes them in float32")
    put("noise.latents", x, "[7,4,h,w]"); put("noise.noise", e, "[7,4,h,w]")
    put("noise.noised", ddpm.add_noise(x.double(), e.double(), at), "[7,4,h,w] sqrt(abar) latents + sqrt(1 - abar) noise", ddpm.add_noise(x, e, at))

    # ---- (d) U-Net, with what its blocks give, and on sides that do not divide ----
    def unet_inputs(h, w):
        return {"sample": normal(2, 4, h, w), "timesteps": torch.tensor([981, 7]), "prompt_embeds": embeds[:2].float(), "pooled": pooled[:2].float(),
                "time_ids": torch.tensor([[780.0, 640, 0, 17, 1024, 1024], time_ids])}
    def run_unet(unet, x, t):
        return unet(x["sample"].to(t), x["timesteps"], x["prompt_embeds"].to(t), added_cond_kwargs={"text_embeds": x["pooled"].to(t), "time_ids": x["time_ids"].to(t)}).sample
    trace = {}
    blocks = {k: m for k, m in pipe.unet.named_modules()
        if re.fullmatch(r"conv_in|time_embedding|add_embedding|(down|up)_blocks\.\d|mid_block|down_blocks\.1\.(resnets|attentions)\.0", k)}
    hooks = [m.register_forward_hook(lambda m, i, o, k=k: trace.__setitem__(k, o[0] if isinstance(o, tuple) else o)) for k, m in blocks.items()]
    inputs = unet_inputs(*a.latent)
    y = both(lambda pi, t: run_unet(pi.unet, inputs, t))
    for hook in hooks:
        hook.remove()
    for k, x in inputs.items():
        put("unet." + k, x, "an input of the U-Net")
    put("unet.output", y[0], "[2,4,h,w] noise predicted", y[1])
    for k, x in trace.items():
        put("unet.trace." + k, x, f"what the module {k} gives (of a block its first output)")
    odd = unet_inputs(a.latent[0] - 1, a.latent[1] + 2)
    y = both(lambda pi, t: run_unet(pi.unet, odd, t))
    put("unet.odd.sample", odd["sample"], "[2,4,h-1,w+2] sides that halve unevenly, other inputs as before")
    put("unet.odd.output", y[0], "[2,4,h-1,w+2]", y[1])

    # ---- (e) Euler sampling ----
    noise = normal(1, 4, *a.latent)
    put("sample.noise", noise, "[1,4,h,w] initial N(0,1), before it is multiplied by sqrt(sigma_max^2 + 1)")
    for steps in (5, 10):
        for key, negative in (("", ""), (".zeros", None)):
            draw = lambda pi, t: pi(prompts[0], negative_prompt=negative, num_inference_steps=steps, guidance_scale=5.0, height=8 * a.latent[0], width=8 * a.latent[1],
                latents=noise.to(t), output_type="latent").images
            y = both(draw)
            put(f"sample.{steps}{key}.latents", y[0], f"[1,4,h,w] of prompt 0 after {steps} steps at guidance 5, negative prompt "
                + ("empty text, encoded" if negative == "" else "not given: embeddings and pooled of zeros, as force_zeros_for_empty_prompt says"), y[1])
            if negative == "":
                drawn = pipe.vae.decode(y[0] / scaling).sample
                put(f"sample.{steps}.image", drawn, "[1,3,8h,8w] decoded, not clamped", pipe32.vae.decode(y[1] / scaling).sample)
        put(f"sample.{steps}.timesteps", pipe.scheduler.timesteps, "the scheduler's timesteps")
        put(f"sample.{steps}.sigmas", pipe.scheduler.sigmas, "its sigmas, one more")
    Image.fromarray(((drawn[0] / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()).save(out / "sample.png")

# ==== 3. training ====================================================================================================

# ---- data: embeddings of real prompts, everything else drawn ----
captions = ["a photo of sks dog", "a shiny dog on the beach", "a dog wearing a rainbow scarf", prompts[1]]
with torch.no_grad():
    embeds_of, _, pooled_of, _ = pipe.encode_prompt(captions, device="cpu", do_classifier_free_guidance=False)
N = a.rounds * a.workers * a.local_steps * a.batch
which = torch.randint(0, len(captions), (N,), generator=g)
at = torch.randint(0, 1000, (N,), generator=g)
at[0], at[N // 2], at[N - 1] = 0, 999, 500
sizes = torch.tensor([[780.0, 780, 0, 0, 1024, 1024], [1282, 1024, 0, 129, 1024, 1024], [512, 683, 0, 171, 512, 512], [1024, 1024, 0, 0, 1024, 1024]])
data = {"latents": normal(N, 4, *a.latent) * 0.9, "noise": normal(N, 4, *a.latent), "timesteps": at, "prompt_embeds": embeds_of[which].float().contiguous(),
        "pooled": pooled_of[which].float().contiguous(), "time_ids": sizes[torch.randint(0, len(sizes), (N,), generator=g)]}
save_file(data, str(out / "data.safetensors"))
record = lambda r, w, f, b: ((r * a.workers + w) * a.local_steps + f) * a.batch + b

# ---- the adapter ----
scale, targets = a.alpha / a.rank, a.targets.split(",")
def is_target(name, module):
    return isinstance(module, torch.nn.Linear) and any(name.endswith("." + t) for t in targets)

class Adapted(torch.nn.Module):
    def __init__(self, base, A, dtype):
        super().__init__()
        self.base = base
        self.A = torch.nn.Parameter(A.to(dtype))
        self.B = torch.nn.Parameter(torch.zeros(base.weight.shape[0], a.rank, dtype=dtype))
        self.u = self.v = self.d = None

    def forward(self, x):
        y = self.base(x) + scale * F.linear(F.linear(x, self.A), self.B)
        if self.d is not None:
            y = y + (x @ self.v * self.d) @ self.u.T
        return y

fresh_unet = lambda dtype: UNet2DConditionModel.from_pretrained(model / "unet").to(dtype).eval().requires_grad_(False)
start_A = {}
for name, m in fresh_unet(torch.float32).named_modules():
    if is_target(name, m):
        start_A[name] = (torch.rand(a.rank, m.in_features, generator=g) * 2 - 1) / math.sqrt(m.in_features)  # kaiming_uniform(a=sqrt 5)

def adapted_unet(dtype):
    unet = fresh_unet(dtype)
    adapted = {}
    for name, A in start_A.items():
        parent, _, last = name.rpartition(".")
        adapted[name] = Adapted(unet.get_submodule(name), A, dtype)
        setattr(unet.get_submodule(parent), last, adapted[name])
    return unet, adapted

def save(adapted, folder):
    t = {}
    for n, m in adapted.items():
        t[f"base_model.model.{n}.lora_A.weight"] = m.A.detach().float().contiguous()
        t[f"base_model.model.{n}.lora_B.weight"] = m.B.detach().float().contiguous()
        if m.d is not None:
            t[f"{n}.dash.u"] = m.u.float().contiguous()
            t[f"{n}.dash.v"] = m.v.float().contiguous()
            t[f"{n}.dash.coordinates"] = m.d.detach().float().contiguous()
    save_file(t, str(folder / "adapter_model.safetensors"))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "task_type": None, "r": a.rank,
        "lora_alpha": a.alpha, "lora_dropout": 0.0, "bias": "none", "target_modules": targets}, indent=1))

def loss_of(unet, rows, dtype):
    take = lambda k: data[k][rows].to(dtype) if data[k].is_floating_point() else data[k][rows]
    noised = ddpm.add_noise(take("latents"), take("noise"), take("timesteps"))
    got = unet(noised, take("timesteps"), take("prompt_embeds"), added_cond_kwargs={"text_embeds": take("pooled"), "time_ids": take("time_ids")}).sample
    velocity = lambda: ddpm.get_velocity(take("latents"), take("noise"), take("timesteps"))
    return F.mse_loss(got, take("noise") if a.prediction == "epsilon" else velocity(), reduction="mean")

# ---- AdamW as in PyTorch; every tensor counts its own steps (the coordinates start at the boundary) ----
b1, b2, adam_eps = 0.9, 0.999, 1e-8
total = a.rounds * a.local_steps
def rate(step):  # step counts from 0
    if step < a.lr_warmup_steps:
        return a.lr * step / max(1, a.lr_warmup_steps)
    return a.lr * max(0.0, (total - step) / max(1, total - a.lr_warmup_steps))

def adamw(params, grads, m, v, t, lr):
    for k in params:
        m[k] = b1 * m[k] + (1 - b1) * grads[k]
        v[k] = b2 * v[k] + (1 - b2) * grads[k] ** 2
        t[k] += 1
        params[k].data.mul_(1 - lr * a.weight_decay)
        params[k].data.sub_(lr * (m[k] / (1 - b1 ** t[k])) / ((v[k] / (1 - b2 ** t[k])).sqrt() + adam_eps))

def delta(m):
    """The adapter's change of the weight."""
    change = scale * (m.B @ m.A)
    return (change if m.d is None else change + m.u * m.d @ m.v.T).detach()

def train(dtype, folder=None):
    unet, adapted = adapted_unet(dtype)
    def state():
        s = {}
        for n, x in adapted.items():
            s[f"{n}.A"], s[f"{n}.B"] = x.A, x.B
            if x.d is not None:
                s[f"{n}.d"] = x.d
        return s
    if folder:
        save(adapted, folder / "initial")
    zeros = {k: torch.zeros_like(x) for k, x in state().items()}
    m, v, t = dict(zeros), dict(zeros), {k: 0 for k in zeros}
    losses, first, boundary, at_boundary = [], None, {}, {}
    for r in range(a.rounds):
        start = {k: x.detach().clone() for k, x in state().items()}
        results, row = [], []
        for w in range(a.workers):
            for k, x in state().items():
                x.data.copy_(start[k])
            mw, vw, tw = dict(m), dict(v), dict(t)
            examples, worker_losses = 0, []
            for f in range(a.local_steps):
                s, rows = state(), [record(r, w, f, b) for b in range(a.batch)]
                loss = loss_of(unet, rows, dtype)
                grads = dict(zip(s, torch.autograd.grad(loss, list(s.values()))))
                first = first or {k: x.float().contiguous() for k, x in grads.items()}
                adamw(s, grads, mw, vw, tw, rate(r * a.local_steps + f))
                examples += len(rows)
                worker_losses.append(loss.item())
            results.append(({k: x.detach().clone() for k, x in state().items()}, mw, vw, tw, examples))
            row.append(worker_losses)
        losses.append(row)
        weight = torch.tensor([float(x[4]) for x in results], dtype=dtype); weight /= weight.sum()
        mean = lambda i, k: sum(wt * x[i][k] for wt, x in zip(weight, results))
        for k, x in state().items():
            x.data.copy_(mean(0, k)); m[k], v[k], t[k] = mean(1, k), mean(2, k), results[0][3][k]
        if a.method == "lora-dash" and r + 1 == a.warmup_rounds:
            for n, x in adapted.items():
                u, sigma, vt = torch.linalg.svd(x.base.weight, full_matrices=False)
                # the exact average of the workers' products, not the product of their averages
                ds = sum(wt * scale * ((u.T @ y[0][f"{n}.B"]) * (y[0][f"{n}.A"] @ vt.T).T).sum(1) for wt, y in zip(weight, results))
                of_means = (scale * ((u.T @ x.B) * (x.A @ vt.T).T).sum(1)).detach()
                change = ds.abs() / (sigma.abs() + a.epsilon)
                top = torch.argsort(change, descending=True, stable=True)[: a.directions]
                boundary[n] = {"sigma": sigma.tolist(), "delta_sigma": ds.tolist(), "change_rate": change.tolist(),
                               "directions": top.tolist(), "delta_sigma_of_mean_factors": of_means.tolist()}
                x.u, x.v = u[:, top].clone(), vt[top].T.clone()
                at_boundary[n] = (x.A.detach().clone(), x.B.detach().clone())
            if folder:
                save(adapted, folder / "boundary")
            for n, x in adapted.items():
                x.d = torch.nn.Parameter(torch.zeros(a.directions, dtype=dtype))
                m[f"{n}.d"], v[f"{n}.d"], t[f"{n}.d"] = torch.zeros(a.directions, dtype=dtype), torch.zeros(a.directions, dtype=dtype), 0
    if folder:
        save(adapted, folder / "final")
        save_file(first, str(folder / "first_grads.safetensors"))
        (folder / "boundary.json").write_text(json.dumps(boundary))
    return unet, adapted, losses, boundary, at_boundary

unet, adapted, losses, boundary, at_boundary = train(torch.float64, out)
_, adapted32, losses32, boundary32, _ = train(torch.float32)

# ---- the trained adapter as a plain LoRA of rank r + s, in diffusers' names ----
def plain(m):
    B, A = [scale * m.B.detach()], [m.A.detach()]
    if m.d is not None:
        B.append(m.u * m.d.detach()); A.append(m.v.T)
    return torch.cat(A).float().contiguous(), torch.cat(B, 1).float().contiguous()
exported = {n: plain(m) for n, m in adapted.items()}
diffusers_names = {f"unet.{n}.lora.{part}.weight": x for n, (A, B) in exported.items() for part, x in (("down", A), ("up", B))}
save_file(diffusers_names, str(out / "final/pytorch_lora_weights.safetensors"), {"format": "pt"})

# ==== 4. checks ======================================================================================================
from peft import LoraConfig, PeftModel
checks, row0 = {}, [record(0, 0, 0, b) for b in range(a.batch)]

# ---- nothing but float64 inside the U-Net, except where diffusers says otherwise ----
class Narrow(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = collections.Counter()
    def __torch_dispatch__(self, f, types, args=(), kwargs=None):
        y = f(*args, **(kwargs or {}))
        if isinstance(y, torch.Tensor) and y.is_floating_point() and y.dtype != torch.float64:
            frame = next((x for x in reversed(traceback.extract_stack()) if re.search("diffusers|transformers", x.filename)), None)
            self.seen[f"{pathlib.Path(frame.filename).name}:{frame.lineno} {frame.name}" if frame else "here"] += 1
        return y
with torch.no_grad(), Narrow() as narrow:
    run_unet(unet, {k: x.double() if x.is_floating_point() else x for k, x in inputs.items()}, torch.float64)
checks["float32 operations inside the float64 U-Net"] = sorted(narrow.seen)
with torch.no_grad(), Narrow() as narrow:
    run_unet(unet, inputs, torch.float64); pipe.encode_prompt(prompts[0], device="cpu"); posterior = pipe.vae.encode(image).latent_dist; pipe.vae.decode(given.double())
checks["float32 operations with the text encoders and the VAE"] = sorted(x for x in narrow.seen if x != "here")

# ---- what the float32 sinusoids do ----
class Sinusoids(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.frequency = torch.exp(-math.log(10000) * torch.arange(width // 2, dtype=torch.float64) / (width // 2))
    def forward(self, t):
        angle = t.double()[:, None] * self.frequency
        return torch.cat([angle.cos(), angle.sin()], -1)
with torch.no_grad():
    exact = fresh_unet(torch.float64)
    plain_output, plain_loss = run_unet(exact, inputs, torch.float64), loss_of(exact, row0, torch.float64)
    exact.time_proj, exact.add_time_proj = Sinusoids(a.channels[0]), Sinusoids(a.time_dim)
    checks["sinusoids in float64 instead: relative change"] = {"first loss": abs(loss_of(exact, row0, torch.float64) / plain_loss - 1).item(),
        "U-Net output": ((run_unet(exact, inputs, torch.float64) - plain_output).norm() / plain_output.norm()).item()}
    abar64 = torch.cumprod(1 - torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2, 0)
    checks["alphas_cumprod in float64 instead: largest relative change"] = (abar64 / ddpm.alphas_cumprod.double() - 1).abs().max().item()

# ---- the same loss from PEFT in the stock U-Net ----
def with_peft(factors, r, alpha):
    made = fresh_unet(torch.float64)
    made.add_adapter(LoraConfig(r=r, lora_alpha=alpha, target_modules=targets, init_lora_weights=False))
    made.to(torch.float64)
    found = set()
    for n, x in made.named_modules():
        if hasattr(x, "lora_A"):
            A, B = factors[n]
            x.lora_A["default"].weight.data.copy_(A); x.lora_B["default"].weight.data.copy_(B)
            found.add(n)
    assert found == set(factors), found ^ set(factors)
    return made
with torch.no_grad():
    zero = {n: (A.double(), torch.zeros(unet.get_submodule(n).base.out_features, a.rank, dtype=torch.float64)) for n, A in start_A.items()}
    peft_first = loss_of(with_peft(zero, a.rank, a.alpha), row0, torch.float64).item()
    checks["first loss against stock U-Net + PEFT"] = abs(peft_first - losses[0][0][0])
    if at_boundary:
        row_b = [record(a.warmup_rounds, 0, 0, b) for b in range(a.batch)]
        peft_b = loss_of(with_peft(at_boundary, a.rank, a.alpha), row_b, torch.float64).item()
        checks["first loss of the sprint against PEFT with the boundary's A, B"] = abs(peft_b - losses[a.warmup_rounds][0][0])
    want = run_unet(unet, inputs, torch.float64)
    checks["the adapter's change of the U-Net's output, relative"] = ((want - plain_output).norm() / plain_output.norm()).item()
    rank = len(next(iter(exported.values()))[0])
    checks["output of PEFT at rank r + s, scale 1, float64: largest difference"] = \
        (run_unet(with_peft({n: (A.double(), B.double()) for n, (A, B) in exported.items()}, rank, rank), inputs, torch.float64) - want).abs().max().item()

# ---- the exported file in the stock pipeline: which names, alphas, metadata does it take? ----
def loads(tensors, metadata=None):
    with tempfile.TemporaryDirectory() as d:
        save_file(tensors, d + "/pytorch_lora_weights.safetensors", {"format": "pt"} | (metadata or {}))
        made = pipeline(torch.float32)
        try:
            made.load_lora_weights(d)
        except Exception as e:
            return f"refused: {str(e)[:110]}"
    with torch.no_grad():
        single = run_unet(made.unet, inputs, torch.float32).double()
        double = run_unet(made.unet.double(), inputs, torch.float64)
    return {"largest difference from the oracle": (double - want).abs().max().item(), "with the pipeline in float32": (single - want).abs().max().item(),
        "adapted modules": sum(hasattr(x, "lora_A") for x in made.unet.modules())}
peft_names = {f"unet.{n}.lora_{part}.weight": x for n, (A, B) in exported.items() for part, x in (("A", A), ("B", B))}
alphas = {f"unet.{n}.alpha": torch.tensor(float(rank)) for n in exported}
adapter_metadata = lambda alpha: {"lora_adapter_metadata": json.dumps({"unet.r": rank, "unet.lora_alpha": alpha, "unet.target_modules": targets})}
checks["load_lora_weights"] = {
    "unet.NAME.lora.down.weight / .lora.up.weight, no alpha, no metadata (the file in final/)": loads(diffusers_names),
    "unet.NAME.lora_A.weight / .lora_B.weight, no alpha, no metadata": loads(peft_names),
    "with unet.NAME.alpha keys beside": loads({**diffusers_names, **alphas}),
    "metadata lora_adapter_metadata with unet.r, unet.lora_alpha = r + s, unet.target_modules": loads(diffusers_names, adapter_metadata(rank)),
    "the same with unet.lora_alpha = 2 (r + s): twice the change, so another output": loads(diffusers_names, adapter_metadata(2 * rank)),
    "NAME without the prefix unet.": loads({k.removeprefix("unet."): x for k, x in diffusers_names.items()}),
    "base_model.model.NAME.lora_A.weight (PEFT's own file)": loads({k.replace("unet.", "base_model.model.", 1): x for k, x in peft_names.items()})}
with tempfile.TemporaryDirectory() as d, torch.no_grad():
    save_file({k.replace("unet.", "base_model.model.", 1): x for k, x in peft_names.items()}, d + "/adapter_model.safetensors")
    pathlib.Path(d, "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "task_type": None, "r": rank, "lora_alpha": rank, "lora_dropout": 0.0,
        "bias": "none", "target_modules": targets}))
    got = run_unet(PeftModel.from_pretrained(fresh_unet(torch.float32), d), inputs, torch.float32)
    checks["PeftModel.from_pretrained(unet, folder of base_model.model.NAME): largest difference"] = (got.double() - want).abs().max().item()

# ---- how far float32 training is, and how firm the choice of directions ----
flat = lambda x: [z for y in x for z in flat(y)] if isinstance(x, list) else [x]
norm_of = lambda x, y: (torch.as_tensor(x).double() - torch.as_tensor(y).double()).norm().item() / torch.as_tensor(y).double().norm().item()
gaps = []
for b in boundary.values():
    ranked = sorted(b["change_rate"], reverse=True)
    gaps.append(1 - ranked[a.directions] / ranked[a.directions - 1] if len(ranked) > a.directions else 1.0)
float32 = {"losses": max(abs(x / y - 1) for x, y in zip(flat(losses32), flat(losses))),
    "delta_sigma": max((norm_of(boundary32[n]["delta_sigma"], b["delta_sigma"]) for n, b in boundary.items()), default=0),
    "directions_that_differ": sum(len(set(boundary32[n]["directions"]) - set(b["directions"])) for n, b in boundary.items()),
    "delta_w": max(norm_of(delta(adapted32[n]), delta(m)) for n, m in adapted.items())}
checks["smallest relative gap between the last direction chosen and the first not"] = min(gaps, default=None)
checks["mean of products against product of means, largest relative difference of delta_sigma"] = \
    max((norm_of(b["delta_sigma_of_mean_factors"], b["delta_sigma"]) for b in boundary.values()), default=0)
checks["targets"], checks["keys of final/pytorch_lora_weights.safetensors, first four"] = len(adapted), sorted(diffusers_names)[:4]
checks["versions"] = {m.__name__: m.__version__ for m in (torch, transformers, diffusers, sys.modules["peft"])}

save_file(parts, str(out / "parts.safetensors"))
(out / "parts.json").write_text(json.dumps({"prompts": prompts, "model_max_length": a.prompt_length, "resolution": a.resolution, "scaling_factor": scaling,
    "photo": "photo.png", "jpeg": "/".join(a.photo.parts[-3:]), "guidance_scale": 5.0, "meaning": meaning,
    "relative difference of stock float32": float32_gap, "versions": checks["versions"]}, indent=1, ensure_ascii=False))
settings = {k: str(x) if isinstance(x, pathlib.Path) else x for k, x in vars(a).items() if k not in ("out", "photo")}
(out / "expected.json").write_text(json.dumps({"settings": settings, "adam": {"beta1": b1, "beta2": b2, "epsilon": adam_eps}, "losses": losses,
    "float32": float32, "checks": checks}, indent=1))
print(json.dumps({"losses first/last round": [losses[0], losses[-1]], "float32": float32, "parts in float32": float32_gap, "checks": checks}, indent=1))
assert checks["first loss against stock U-Net + PEFT"] < 1e-10 and checks.get("first loss of the sprint against PEFT with the boundary's A, B", 0) < 1e-10
assert checks["load_lora_weights"]["unet.NAME.lora.down.weight / .lora.up.weight, no alpha, no metadata (the file in final/)"]["largest difference from the oracle"] < 1e-5
