#!/usr/bin/env python3
"""Independent PyTorch oracle for distributed LoRA, LoRA-Dash (arXiv 2409.01035) and its siblings, in float64.

    pip install -r ../python/requirements.txt
    python make_golden.py OUT_DIR [--seed 1 --workers 2 --rounds 6 --local-steps 2 --warmup-rounds 3 ...]

Writes a tiny random LLaMA model, the token batches of every worker and step, the initial adapter, and
what training must give: the loss of every local step, the gradients of the first step, every target's
change rates and chosen directions at the boundary, and the adapter at the boundary and at the end.

Everything is float64 but what transformers' LLaMA always computes in float32: norms, rotary angles, softmax.

--averaging parameters: in a round every worker takes local AdamW steps from the same state, and the next state is
the mean of theirs, weighted with the labelled tokens they trained on. --averaging gradients: a round is one AdamW
step on the mean of the workers' gradients, weighted likewise, as if one worker had all the batches in one.
--clip bounds the global norm of what an AdamW step is given: a worker's gradient, or the mean of gradients.

--method pissa, milora and rosa train A and B on the residual of W, and start at its largest, smallest or drawn singular
triplets; pissa's start is checked against stock PEFT. --method spectral moves the largest singular vectors. --method full
trains W itself, which AdamW's weight decay shrinks. --dash gives any of them a boundary and coordinates, for the directions of --choose.

--fixture takes model/ and data.jsonl from another fixture beside OUT_DIR, with its --seed, --workers, --local-steps and
--batch; they are not written again.

Layout of OUT_DIR:
  model/            config.json, model.safetensors (float32), as transformers saves it
  model-older-config/  with --rope-scaling: config.json as transformers wrote it before version 5 (rope_theta, rope_scaling)
  data.jsonl        one unpadded sequence a line, {"input_ids": [...], "labels": [...]}, -100 = no label; round r,
                    worker w, local step f, row b is line ((r * workers + w) * local_steps + f) * batch + b
  initial/          adapter_config.json, adapter_model.safetensors (PEFT names)
  first_grads.safetensors    gradient of step 0 of worker 0, per trainable tensor, before clipping
  boundary.json     per target: sigma, delta_sigma, change_rate, directions (best first); lora-dash only
  boundary/  final/ adapters; final/ also holds NAME.dash.{u,v,coordinates}; boundary/ is lora-dash only.
                    Of the other methods initial/ holds A and B as they start (spectral: zero), and final/ the change of W,
                    without coordinates, as a product of scale 1; full fine-tuning has no initial/, and NAME.change in final/
  expected.json     settings and the losses [round][worker][step]; step is 0 when gradients are averaged. With --clip
                    also gradient_norms before clipping: [round][worker][step], or [round] when gradients are averaged
"""
import argparse
import copy
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

p = argparse.ArgumentParser()
p.add_argument("out", type=pathlib.Path)
p.add_argument("--model", help="a model directory to use in place of a random tiny one")
p.add_argument("--fixture", help="name of the fixture whose model and data are used")
p.add_argument("--seed", type=int, default=1)
p.add_argument("--hidden", type=int, default=64)
p.add_argument("--intermediate", type=int, default=160)
p.add_argument("--layers", type=int, default=2)
p.add_argument("--heads", type=int, default=4)
p.add_argument("--kv-heads", type=int, default=2)
p.add_argument("--vocab", type=int, default=300)
p.add_argument("--head-dim", type=int, help="hidden / heads unless given")
p.add_argument("--tie", action="store_true")
p.add_argument("--rope-theta", type=float, default=10000.0)
p.add_argument("--rope-scaling", choices=["llama3"])
p.add_argument("--rope-original-max", type=int, default=32, help="original_max_position_embeddings of --rope-scaling")
p.add_argument("--rank", type=int, default=8)
p.add_argument("--alpha", type=float, default=16)
p.add_argument("--targets", default="q_proj,k_proj,v_proj,up_proj,down_proj")
p.add_argument("--directions", type=int, default=8)
p.add_argument("--epsilon", type=float, default=1e-6)
p.add_argument("--workers", type=int, default=2)
p.add_argument("--rounds", type=int, default=6)
p.add_argument("--local-steps", type=int, default=2)
p.add_argument("--warmup-rounds", type=int, default=3, help="rounds of pre-launch")
p.add_argument("--batch", type=int, default=3)
p.add_argument("--longest", type=int, default=24)
p.add_argument("--lr", type=float, default=3e-3)
p.add_argument("--lr-warmup-steps", type=int, default=3)
p.add_argument("--schedule", default="linear", choices=["linear", "cosine", "constant"])
p.add_argument("--weight-decay", type=float, default=0.01)
p.add_argument("--clip", type=float, help="largest global gradient norm; none unless given")
p.add_argument("--averaging", default="parameters", choices=["parameters", "gradients"])
p.add_argument("--method", default="lora-dash", choices=["lora", "lora-dash", "pissa", "milora", "rosa", "spectral", "full"])
p.add_argument("--dash", action="store_true", help="a boundary beside any method; lora-dash has one anyway")
p.add_argument("--choose", default="tsd", choices=["tsd", "top", "bottom", "random"])
p.add_argument("--adam-epsilon", type=float, default=1e-8)
a = p.parse_args()
a.dash = a.dash or a.method == "lora-dash"
plain = a.method in ("lora", "lora-dash")
if a.fixture:
    a.model = a.out.parent / a.fixture / "model"
if a.averaging == "gradients" and a.local_steps != 1:
    p.error("--averaging gradients takes one step a round: --local-steps must be 1")
full = a.method == "full"

torch.manual_seed(a.seed)
torch.set_default_dtype(torch.float64)
out = a.out
for d in (() if a.fixture else ("model",)) + ("final",) + (() if full else ("initial",)) + (("boundary",) if a.method == "lora-dash" else ()):
    (out / d).mkdir(parents=True, exist_ok=True)

# ---- base model: values are exactly representable in float32 ----
if a.model:
    model = LlamaForCausalLM.from_pretrained(a.model, dtype=torch.float64, attn_implementation="eager")
else:
    rope = {"rope_type": "default", "rope_theta": a.rope_theta}
    if a.rope_scaling:
        # with these, short wavelengths stay, long ones are stretched and some lie between
        rope = {"rope_type": "llama3", "rope_theta": a.rope_theta, "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": a.rope_original_max}
    config = LlamaConfig(vocab_size=a.vocab, hidden_size=a.hidden, intermediate_size=a.intermediate,
        num_hidden_layers=a.layers, num_attention_heads=a.heads, num_key_value_heads=a.kv_heads,
        head_dim=a.head_dim or a.hidden // a.heads,
        max_position_embeddings=256, rms_norm_eps=1e-5, rope_parameters=rope,
        tie_word_embeddings=a.tie, bos_token_id=1, eos_token_id=2, pad_token_id=0,
        attn_implementation="eager")
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for name, w in model.named_parameters():
            if w.dim() == 2:
                w.normal_(0, 0.6 / math.sqrt(w.shape[1]) if "embed" not in name else 0.1)
            else:
                w.uniform_(0.5, 1.5)
            w.copy_(w.float().double())
    model.float().save_pretrained(out / "model")
    model.double()
    if a.rope_scaling:
        older = json.loads((out / "model" / "config.json").read_text())
        older["rope_scaling"] = older.pop("rope_parameters")
        older["rope_theta"] = older["rope_scaling"].pop("rope_theta")
        older["torch_dtype"] = older.pop("dtype")
        del older["transformers_version"]
        (out / "model-older-config").mkdir(exist_ok=True)
        (out / "model-older-config" / "config.json").write_text(json.dumps(older, indent=2) + "\n")
model.requires_grad_(False)

# ---- adapters ----
pretrained = copy.deepcopy(model) if not plain else None
targets = a.targets.split(",")
scale = a.alpha / a.rank

MASK = (1 << 64) - 1

def drawn(seed, target, size):
    """The order in which random directions are taken: by one draw each of SplitMix64 (java.util.SplittableRandom),
    seeded by the run's seed and the target's name (java.lang.String.hashCode)."""
    name = 0
    for character in target:
        name = (31 * name + ord(character)) & 0xFFFFFFFF
    name -= (name >> 31) << 32
    state, draws = (seed * 0x9E3779B97F4A7C15 + name) & MASK, []
    for _ in range(size):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        draws.append(z - ((z >> 63) << 64))
    return sorted(range(size), key=lambda i: draws[i])

def pissa_of_peft(weight):
    """A and B as stock PEFT starts them, in float32."""
    import peft
    class Base(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=torch.float32)
            self.linear.weight.data.copy_(weight)
    config = peft.LoraConfig(r=a.rank, lora_alpha=a.alpha, target_modules=["linear"], init_lora_weights="pissa")
    linear = peft.get_peft_model(Base(), config).base_model.model.linear
    A, B = linear.lora_A["default"].weight.detach(), linear.lora_B["default"].weight.detach()
    residual = weight.float() - scale * B @ A
    assert (residual - linear.base_layer.weight).abs().max() < 1e-5 * weight.abs().max()
    return A.double(), B.double()

class Adapted(torch.nn.Module):
    def __init__(self, base, name):
        super().__init__()
        self.base, (o, i) = base, base.weight.shape
        self.u = self.v = self.d = None
        if full:
            self.W = torch.nn.Parameter(base.weight.clone())
            return
        if plain:
            A = torch.empty(a.rank, i)
            torch.nn.init.kaiming_uniform_(A, a=math.sqrt(5))
            A, B = A.float().double(), torch.zeros(o, a.rank)
        else:
            U, S, Vt = torch.linalg.svd(base.weight, full_matrices=False)
            n = len(S)
            k = {"milora": range(n - 1, n - 1 - a.rank, -1), "rosa": drawn(a.seed, name, n)[: a.rank]}.get(a.method, range(a.rank))
            k = torch.tensor(list(k))
            self.U, self.S, self.V = U[:, k], S[k], Vt[k].T
            if a.method == "spectral":
                A, B = torch.zeros(o, a.rank), torch.zeros(i, a.rank)  # the paper's names: A moves U, B moves V
            else:
                A = ((self.S / scale).sqrt() * self.V).T
                B = (self.S / scale).sqrt() * self.U
            if a.method == "pissa":
                A32, B32 = pissa_of_peft(base.weight)
                for j in range(a.rank):  # the same rank-1 parts, whatever the signs
                    assert (torch.outer(B[:, j], A[j]) - torch.outer(B32[:, j], A32[j])).abs().max() < 1e-4
        self.A, self.B = torch.nn.Parameter(A.clone()), torch.nn.Parameter(B.clone())
        self.A0, self.B0 = A.clone(), B.clone()

    def trained(self):
        """The method's parameters by name, without coordinates."""
        return {"W": self.W} if full else {"A": self.A, "B": self.B}

    def change(self, A=None, B=None, W=None):
        """The method's change of W without coordinates, from its parameters."""
        if full:
            return W - self.base.weight
        if a.method == "spectral":
            return (self.U + A) * self.S @ (self.V + B).T - self.U * self.S @ self.V.T
        return scale * B @ A - (0 if plain else scale * self.B0 @ self.A0)

    def forward(self, x):
        if plain:
            y = self.base(x) + scale * F.linear(F.linear(x, self.A), self.B)
        else:
            y = F.linear(x, self.base.weight + self.change(**self.trained()))
        if self.d is not None:
            y = y + (x @ self.v * self.d) @ self.u.T
        return y

adapted = {}
for name, module in list(model.named_modules()):
    if isinstance(module, torch.nn.Linear) and name.split(".")[-1] in targets:
        parent = model.get_submodule(name.rpartition(".")[0])
        adapted[name] = Adapted(module, name)
        setattr(parent, name.rpartition(".")[2], adapted[name])

def state():
    s = {}
    for n, m in adapted.items():
        s.update({f"{n}.{k}": x for k, x in m.trained().items()})
        if m.d is not None:
            s[f"{n}.d"] = m.d
    return s

def save_factors(t, n, m, as_change):
    A, B = m.A.detach(), m.B.detach()
    if as_change and a.method == "spectral":
        A, B = torch.cat([m.S * m.V, m.S * (m.V + B)], 1).T, torch.cat([-m.U, m.U + A], 1)
    elif as_change:
        A, B = torch.cat([A, A - m.A0]), scale * torch.cat([B - m.B0, m.B0], 1)
    t[f"base_model.model.{n}.lora_A.weight"] = A.float().contiguous()
    t[f"base_model.model.{n}.lora_B.weight"] = B.float().contiguous()

def save(folder, as_change=False):
    t = {}
    for n, m in adapted.items():
        if full:
            t[f"{n}.change"] = m.change(W=m.W).detach().float().contiguous()
        else:
            save_factors(t, n, m, as_change)
        if m.d is not None:
            t[f"{n}.dash.u"] = m.u.float().contiguous()
            t[f"{n}.dash.v"] = m.v.float().contiguous()
            t[f"{n}.dash.coordinates"] = m.d.detach().float().contiguous()
    if full:
        save_file(t, str(folder / "change.safetensors"))
        return
    save_file(t, str(folder / "adapter_model.safetensors"))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": a.rank,
        "lora_alpha": a.alpha, "lora_dropout": 0.0, "bias": "none", "target_modules": targets}, indent=1))

if not full:
    save(out / "initial")

# ---- data: unequal lengths, prompt tokens unlabelled, right-padded ----
g = torch.Generator().manual_seed(a.seed + 1)
rnd = lambda lo, hi: int(torch.randint(lo, hi, (1,), generator=g))
vocab = model.config.vocab_size
def batch():
    rows = []
    for _ in range(a.batch):
        n = rnd(a.longest // 3, a.longest + 1)
        ids = [1] + [rnd(3, vocab) for _ in range(n - 2)] + [2]
        cut = rnd(0, n // 2)
        rows.append((ids, [-100] * cut + ids[cut:]))
    width = max(len(i) for i, _ in rows)
    return {"input_ids": [i + [0] * (width - len(i)) for i, _ in rows],
            "labels": [l + [-100] * (width - len(l)) for _, l in rows]}
batches = [[[batch() for _ in range(a.local_steps)] for _ in range(a.workers)] for _ in range(a.rounds)]
written = []
for x in (x for r in batches for w in r for x in w):
    for ids, labels in zip(x["input_ids"], x["labels"]):
        n = len(ids) - ids.count(0)  # 0 is the padding token, and no sequence holds it
        written.append(json.dumps({"input_ids": ids[:n], "labels": labels[:n]}) + "\n")
if a.fixture:
    theirs = (a.out.parent / a.fixture / "data.jsonl").read_text().splitlines(keepends=True)
    assert theirs[: len(written)] == written, "the fixture's data has other settings"
else:
    (out / "data.jsonl").write_text("".join(written))

def loss_of(b):
    ids, labels = torch.tensor(b["input_ids"]), torch.tensor(b["labels"])
    # padding is on the right and attention is causal, so padded positions cannot reach a labelled one
    logits = model(input_ids=ids).logits[:, :-1]
    return F.cross_entropy(logits.reshape(-1, vocab), labels[:, 1:].reshape(-1), ignore_index=-100, reduction="mean"), int((labels[:, 1:] != -100).sum())

if not plain:
    adapted_model, model = model, pretrained
    base_loss = loss_of(batches[0][0][0])[0].item()
    model = adapted_model
    assert abs(loss_of(batches[0][0][0])[0].item() - base_loss) < 1e-9, "every method starts as the pre-trained model"

# ---- AdamW as in PyTorch; every group counts its own steps (the coordinates start at the boundary) ----
b1, b2, adam_eps = 0.9, 0.999, a.adam_epsilon
total = a.rounds * a.local_steps
def rate(step):  # step counts from 0
    if step < a.lr_warmup_steps:
        return a.lr * step / max(1, a.lr_warmup_steps)
    if a.schedule == "constant":
        return a.lr
    progress = (step - a.lr_warmup_steps) / max(1, total - a.lr_warmup_steps)
    if a.schedule == "cosine":
        return a.lr * max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))
    return a.lr * max(0.0, (total - step) / max(1, total - a.lr_warmup_steps))

def clipped(grads):
    """The gradients as torch.nn.utils.clip_grad_norm_ leaves them, and their norm before it."""
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(x) for x in grads.values()]))
    if a.clip is None:
        return grads, norm.item()
    factor = torch.clamp(a.clip / (norm + 1e-6), max=1.0)
    return {k: x * factor for k, x in grads.items()}, norm.item()

def adamw(params, grads, m, v, t, lr):
    for k in params:
        m[k] = b1 * m[k] + (1 - b1) * grads[k]
        v[k] = b2 * v[k] + (1 - b2) * grads[k] ** 2
        t[k] += 1
        params[k].data.mul_(1 - lr * a.weight_decay)
        params[k].data.sub_(lr * (m[k] / (1 - b1 ** t[k])) / ((v[k] / (1 - b2 ** t[k])).sqrt() + adam_eps))

zeros = lambda s: {k: torch.zeros_like(x) for k, x in s.items()}
m, v, t = zeros(state()), zeros(state()), {k: 0 for k in state()}
losses, norms, first = [], [], None

def gradients(batch):
    """Loss, labelled tokens and gradients of a batch."""
    global first
    s = state()
    loss, n = loss_of(batch)
    grads = dict(zip(s, torch.autograd.grad(loss, list(s.values()))))
    if first is None:
        first = {k: x.float().contiguous() for k, x in grads.items()}
    return loss.item(), n, grads

def local_steps(r, w, start):
    """What worker w makes of round r: parameters, moments, step counts, tokens; losses and gradient norms."""
    for k, x in state().items():
        x.data.copy_(start[k])
    mw, vw, tw = {k: x.clone() for k, x in m.items()}, {k: x.clone() for k, x in v.items()}, dict(t)
    tokens, worker_losses, worker_norms = 0, [], []
    for f in range(a.local_steps):
        loss, n, grads = gradients(batches[r][w][f])
        grads, norm = clipped(grads)
        adamw(state(), grads, mw, vw, tw, rate(r * a.local_steps + f))
        tokens += n
        worker_losses.append(loss)
        worker_norms.append(norm)
    return ({k: x.detach().clone() for k, x in state().items()}, mw, vw, tw, tokens), worker_losses, worker_norms

for r in range(a.rounds):
    if a.averaging == "parameters":
        start = {k: x.detach().clone() for k, x in state().items()}
        results, round_losses, round_norms = zip(*(local_steps(r, w, start) for w in range(a.workers)))
        losses.append(round_losses)
        norms.append(round_norms)
        weight = torch.tensor([float(x[4]) for x in results]); weight /= weight.sum()
        mean = lambda i, k: sum(wt * x[i][k] for wt, x in zip(weight, results))
        for k, x in state().items():
            x.data.copy_(mean(0, k)); m[k], v[k], t[k] = mean(1, k), mean(2, k), results[0][3][k]
        factors = [(wt, x[0]) for wt, x in zip(weight, results)]
    else:
        round_losses, tokens, grads = zip(*(gradients(batches[r][w][0]) for w in range(a.workers)))
        mean = {k: sum(n / sum(tokens) * g[k] for n, g in zip(tokens, grads)) for k in state()}
        mean, norm = clipped(mean)
        adamw(state(), mean, m, v, t, rate(r))
        losses.append([[x] for x in round_losses])
        norms.append(norm)
        factors = [(1.0, state())]  # every worker holds the same
    if a.dash and r + 1 == a.warmup_rounds:
        boundary = {}
        for n, mod in adapted.items():
            u, sigma, vt = torch.linalg.svd(mod.base.weight, full_matrices=False)
            # the exact average of the workers' products, not the product of their averages
            core = lambda M: (u.T @ M @ vt.T).diagonal().detach()
            ds = sum(wt * core(mod.change(**{k: x[f"{n}.{k}"] for k in mod.trained()})) for wt, x in factors)
            of_means = core(mod.change(**mod.trained()))
            delta = ds.abs() / (sigma.abs() + a.epsilon)
            top = torch.argsort(delta, descending=True, stable=True)
            if a.choose != "tsd":
                # ~seed: another order than the one that a random start takes
                order = {"top": range(len(sigma)), "bottom": range(len(sigma) - 1, -1, -1), "random": drawn(~a.seed, n, len(sigma))}
                top = torch.tensor(list(order[a.choose]))
            top = top[: a.directions]
            boundary[n] = {"sigma": sigma.tolist(), "delta_sigma": ds.tolist(), "change_rate": delta.tolist(),
                           "directions": top.tolist(), "delta_sigma_of_mean_factors": of_means.tolist()}
            mod.u, mod.v = u[:, top].clone(), vt[top].T.clone()
        if plain:
            save(out / "boundary")
        for n, mod in adapted.items():
            mod.d = torch.nn.Parameter(torch.zeros(a.directions))
            m[f"{n}.d"], v[f"{n}.d"], t[f"{n}.d"] = torch.zeros(a.directions), torch.zeros(a.directions), 0
        (out / "boundary.json").write_text(json.dumps(boundary))
save(out / "final", as_change=not plain)
if plain:
    save_file(first, str(out / "first_grads.safetensors"))
(out / "expected.json").write_text(json.dumps({"settings": {k: str(x) if isinstance(x, pathlib.Path) else x for k, x in vars(a).items() if k not in (("out", "model") if a.fixture else ("out",))},
    "adam": {"beta1": b1, "beta2": b2, "epsilon": adam_eps}, "losses": losses,
    **({"base_loss": base_loss} if not plain else {}),
    **({"gradient_norms": norms} if a.clip is not None else {})}, indent=1))
print("losses first/last round:", losses[0], losses[-1])
