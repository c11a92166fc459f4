"""Distributed LoRA, LoRA-Dash (arXiv 2409.01035) and its siblings in PyTorch, independent of the project, for any model of
linear layers: what make_golden.py, make_golden_decoder.py and make_golden_encoder.py
have in common. Parameters are float64.

--averaging parameters: in a round every worker takes local AdamW steps from the same state, and the next state is
the mean of theirs, weighted with what each one's loss is a mean over. --averaging gradients: a round is one AdamW
step on the mean of the workers' gradients, weighted likewise, as if one worker had all the batches in one.
--clip bounds the global norm of what an AdamW step is given: a worker's gradient, or the mean of gradients.

--method pissa, milora and rosa train A and B on the residual of W, and start at its largest, smallest or drawn singular
triplets; pissa's start is checked against stock PEFT. --method spectral moves the largest singular vectors. --method full
trains W itself, which AdamW's weight decay shrinks. --dash gives any of them a boundary and coordinates, for the directions of --choose.

The modules of --train (PEFT's modules_to_save) are trained whole: same learning rate, averaged like everything else; weight
decay spares their one-dimensional tensors.

Files of a fixture that training writes:
  initial/          adapter_config.json, adapter_model.safetensors (PEFT names; modules trained whole included)
  first_grads.safetensors    gradient of step 0 of worker 0, per trainable tensor, before clipping (TARGET.A, classifier.weight ...)
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

BETA1, BETA2 = 0.9, 0.999


def parser(description):
    """The options that every fixture has."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rank", type=int, default=8)
    p.add_argument("--alpha", type=float, default=16)
    p.add_argument("--targets", help="names of linear layers, or their ends; default: the article's")
    p.add_argument("--train", help="modules trained whole; default: those of classifier, pooler that the model has")
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
    return p


def parsed(p):
    """The options as given, checked. From here on there is a folder for the fixture, and random numbers are seeded and float64."""
    a = p.parse_args()
    a.dash = a.dash or a.method == "lora-dash"
    if a.averaging == "gradients" and a.local_steps != 1:
        p.error("--averaging gradients takes one step a round: --local-steps must be 1")
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    torch.set_default_dtype(torch.float64)
    return a


def draws(seed):
    """Whole numbers for the records: from lo up to hi, hi excluded."""
    g = torch.Generator().manual_seed(seed)
    return lambda lo, hi: int(torch.randint(lo, hi, (1,), generator=g))


def batches(a, batch):
    """One batch for each round, worker and local step."""
    return [[[batch() for _ in range(a.local_steps)] for _ in range(a.workers)] for _ in range(a.rounds)]


def token_batches(a, vocab):
    """Batches of sequences of unequal lengths, prompt tokens unlabelled, right-padded with 0, which no sequence holds."""
    rnd = draws(a.seed + 1)

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
    return batches(a, batch)


def unpadded(batch):
    """The sequences of a batch and their labels."""
    return [(ids[:(n := len(ids) - ids.count(0))], labels[:n]) for ids, labels in zip(batch["input_ids"], batch["labels"])]


def token_lines(all_batches):
    """Lines of data.jsonl."""
    return [json.dumps({"input_ids": ids, "labels": labels}) + "\n" for r in all_batches for w in r for x in w for ids, labels in unpadded(x)]


def next_token_loss(model, b):
    """Mean loss of the labelled tokens, and how many. Padding is on the right and attention is causal, so padded positions
    cannot reach a labelled one."""
    ids, labels = torch.tensor(b["input_ids"]), torch.tensor(b["labels"])
    logits = model(input_ids=ids).logits[:, :-1]
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=-100, reduction="mean")
    return loss, int((labels[:, 1:] != -100).sum())


MASK = (1 << 64) - 1


def drawn(seed, target, size):
    """The order in which random directions are taken: by one draw each of SplitMix64 (java.util.SplittableRandom),
    seeded by the run's seed and the target's name (java.lang.String.hashCode)."""
    name = 0
    for character in target:
        name = (31 * name + ord(character)) & 0xFFFFFFFF
    name -= (name >> 31) << 32
    state, numbers = (seed * 0x9E3779B97F4A7C15 + name) & MASK, []
    for _ in range(size):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        numbers.append(z - ((z >> 63) << 64))
    return sorted(range(size), key=lambda i: numbers[i])


def pissa_of_peft(a, weight):
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
    residual = weight.float() - a.alpha / a.rank * B @ A
    assert (residual - linear.base_layer.weight).abs().max() < 1e-5 * weight.abs().max()
    return A.double(), B.double()


class Adapted(torch.nn.Module):
    """A frozen linear layer with its adapter. Whatever passes through the layer passes through the adapter: in DeBERTa with
    shared projections the relative embeddings too, not only the hidden states."""

    def __init__(self, a, base, name):
        super().__init__()
        self.base, (o, i) = base, base.weight.shape
        self.method, self.scale = a.method, a.alpha / a.rank
        self.u = self.v = self.d = None
        if a.method == "full":
            self.W = torch.nn.Parameter(base.weight.clone())
            return
        if self.starts_at_zero():
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
                A = ((self.S / self.scale).sqrt() * self.V).T
                B = (self.S / self.scale).sqrt() * self.U
            if a.method == "pissa":
                A32, B32 = pissa_of_peft(a, base.weight)
                for j in range(a.rank):  # the same rank-1 parts, whatever the signs
                    assert (torch.outer(B[:, j], A[j]) - torch.outer(B32[:, j], A32[j])).abs().max() < 1e-4
        self.A, self.B = torch.nn.Parameter(A.clone()), torch.nn.Parameter(B.clone())
        self.A0, self.B0 = A.clone(), B.clone()

    def starts_at_zero(self):
        return self.method in ("lora", "lora-dash")

    def trained(self):
        """The method's parameters by name, without coordinates."""
        return {"W": self.W} if self.method == "full" else {"A": self.A, "B": self.B}

    def change(self, A=None, B=None, W=None):
        """The method's change of W without coordinates, from its parameters."""
        if self.method == "full":
            return W - self.base.weight
        if self.method == "spectral":
            return (self.U + A) * self.S @ (self.V + B).T - self.U * self.S @ self.V.T
        return self.scale * B @ A - (0 if self.starts_at_zero() else self.scale * self.B0 @ self.A0)

    def factors(self, as_change):
        """A and B as they are trained, or of the change as a product of scale 1."""
        A, B = self.A.detach(), self.B.detach()
        if as_change and self.method == "spectral":
            return torch.cat([self.S * self.V, self.S * (self.V + B)], 1).T, torch.cat([-self.U, self.U + A], 1)
        if as_change:
            return torch.cat([A, A - self.A0]), self.scale * torch.cat([B - self.B0, self.B0], 1)
        return A, B

    def forward(self, x):
        if self.starts_at_zero():
            y = self.base(x) + self.scale * F.linear(F.linear(x, self.A), self.B)
        else:
            y = F.linear(x, self.base.weight + self.change(**self.trained()), self.base.bias)
        if self.d is not None:
            y = y + (x @ self.v * self.d) @ self.u.T
        return y


class Oracle:
    """A model with adapters on its targets and some modules trained whole, and what training makes of it.

    a: the options. loss_of(model, batch): the mean loss of a batch, and what it is a mean over."""

    def __init__(self, a, model, task_type, loss_of):
        self.a, self.model, self.task_type, self.loss_of = a, model, task_type, loss_of
        model.requires_grad_(False)
        self.pretrained = copy.deepcopy(model)
        names = [n.split(".")[-1] for n, _ in model.named_modules()]
        a.train = ",".join(m for m in ("classifier", "pooler") if m in names) if a.train is None else a.train
        self.targets, self.train = a.targets.split(","), [m for m in a.train.split(",") if m]
        self.plain = a.method in ("lora", "lora-dash")
        self.whole = {n: w.requires_grad_() for n, w in model.named_parameters() if self.is_whole(n)}
        self.adapted = {}
        for name, module in list(model.named_modules()):
            if isinstance(module, torch.nn.Linear) and self.is_target(name) and not self.is_whole(name):
                self.adapted[name] = Adapted(a, module, name)
                setattr(model.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2], self.adapted[name])
        self.first = None

    def is_target(self, name):
        return any(name == t or name.endswith("." + t) for t in self.targets)

    def is_whole(self, name):
        """The modules themselves, and all inside them."""
        return any(part in self.train for part in name.split("."))

    def state(self):
        s = {}
        for n, m in self.adapted.items():
            s.update({f"{n}.{k}": x for k, x in m.trained().items()})
            if m.d is not None:
                s[f"{n}.d"] = m.d
        return {**s, **self.whole}

    # ---- files ----

    def save(self, folder, as_change=False):
        folder = self.a.out / folder
        folder.mkdir(parents=True, exist_ok=True)
        t = {f"base_model.model.{n}": w for n, w in self.whole.items()}
        for n, m in self.adapted.items():
            if self.a.method == "full":
                t[f"{n}.change"] = m.change(W=m.W)
            else:
                t[f"base_model.model.{n}.lora_A.weight"], t[f"base_model.model.{n}.lora_B.weight"] = m.factors(as_change)
            if m.d is not None:
                t[f"{n}.dash.u"], t[f"{n}.dash.v"], t[f"{n}.dash.coordinates"] = m.u, m.v, m.d
        t = {n: x.detach().float().contiguous() for n, x in t.items()}
        if self.a.method == "full":
            save_file(t, str(folder / "change.safetensors"))
            return
        save_file(t, str(folder / "adapter_model.safetensors"))
        (folder / "adapter_config.json").write_text(self.adapter_config(self.a.rank, self.a.alpha))

    def adapter_config(self, rank, alpha):
        return json.dumps({"peft_type": "LORA", "task_type": self.task_type, "r": rank, "lora_alpha": alpha, "lora_dropout": 0.0,
            "bias": "none", "target_modules": self.targets, **({"modules_to_save": self.train} if self.train else {})}, indent=1)

    # ---- AdamW as in PyTorch; every group counts its own steps (the coordinates start at the boundary) ----

    def rate(self, step):  # step counts from 0
        a, total = self.a, self.a.rounds * self.a.local_steps
        if step < a.lr_warmup_steps:
            return a.lr * step / max(1, a.lr_warmup_steps)
        if a.schedule == "constant":
            return a.lr
        progress = (step - a.lr_warmup_steps) / max(1, total - a.lr_warmup_steps)
        if a.schedule == "cosine":
            return a.lr * max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))
        return a.lr * max(0.0, (total - step) / max(1, total - a.lr_warmup_steps))

    def clipped(self, grads):
        """The gradients as torch.nn.utils.clip_grad_norm_ leaves them, and their norm before it."""
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(x) for x in grads.values()]))
        if self.a.clip is None:
            return grads, norm.item()
        factor = torch.clamp(self.a.clip / (norm + 1e-6), max=1.0)
        return {k: x * factor for k, x in grads.items()}, norm.item()

    def adamw(self, params, grads, m, v, t, lr):
        for k in params:
            m[k] = BETA1 * m[k] + (1 - BETA1) * grads[k]
            v[k] = BETA2 * v[k] + (1 - BETA2) * grads[k] ** 2
            t[k] += 1
            if k not in self.whole or params[k].dim() > 1:
                params[k].data.mul_(1 - lr * self.a.weight_decay)
            params[k].data.sub_(lr * (m[k] / (1 - BETA1 ** t[k])) / ((v[k] / (1 - BETA2 ** t[k])).sqrt() + self.a.adam_epsilon))

    def gradients(self, batch):
        """Loss, its weight and gradients of a batch."""
        s = self.state()
        loss, n = self.loss_of(self.model, batch)
        grads = dict(zip(s, torch.autograd.grad(loss, list(s.values()))))
        if self.first is None:
            self.first = {k: x.float().contiguous() for k, x in grads.items()}
        return loss.item(), n, grads

    def local_steps(self, r, batches, start, moments):
        """What a worker makes of round r: parameters, moments, step counts, weight; losses and gradient norms."""
        for k, x in self.state().items():
            x.data.copy_(start[k])
        m, v, t = ({k: x.clone() if torch.is_tensor(x) else x for k, x in part.items()} for part in moments)
        weight, losses, norms = 0, [], []
        for f, batch in enumerate(batches):
            loss, n, grads = self.gradients(batch)
            grads, norm = self.clipped(grads)
            self.adamw(self.state(), grads, m, v, t, self.rate(r * self.a.local_steps + f))
            weight += n
            losses.append(loss)
            norms.append(norm)
        return ({k: x.detach().clone() for k, x in self.state().items()}, m, v, t, weight), losses, norms

    # ---- rounds ----

    def run(self, batches):
        """Trains on batches[round][worker][step] and writes all that is expected of it."""
        a = self.a
        if not self.plain:
            base_loss = self.loss_of(self.pretrained, batches[0][0][0])[0].item()
            assert abs(self.loss_of(self.model, batches[0][0][0])[0].item() - base_loss) < 1e-9, "every method starts as the pre-trained model"
        if a.method != "full":
            self.save("initial")
        zeros = lambda s: {k: torch.zeros_like(x) for k, x in s.items()}
        m, v, t = zeros(self.state()), zeros(self.state()), {k: 0 for k in self.state()}
        losses, norms = [], []
        for r in range(a.rounds):
            if a.averaging == "parameters":
                start = {k: x.detach().clone() for k, x in self.state().items()}
                results, round_losses, round_norms = zip(*(self.local_steps(r, w, start, (m, v, t)) for w in batches[r]))
                losses.append(round_losses)
                norms.append(round_norms)
                weight = torch.tensor([float(x[4]) for x in results]); weight /= weight.sum()
                mean = lambda i, k: sum(wt * x[i][k] for wt, x in zip(weight, results))
                for k, x in self.state().items():
                    x.data.copy_(mean(0, k)); m[k], v[k], t[k] = mean(1, k), mean(2, k), results[0][3][k]
                factors = [(wt, x[0]) for wt, x in zip(weight, results)]
            else:
                round_losses, weights, grads = zip(*(self.gradients(w[0]) for w in batches[r]))
                mean = {k: sum(n / sum(weights) * g[k] for n, g in zip(weights, grads)) for k in self.state()}
                mean, norm = self.clipped(mean)
                self.adamw(self.state(), mean, m, v, t, self.rate(r))
                losses.append([[x] for x in round_losses])
                norms.append(norm)
                factors = [(1.0, self.state())]  # every worker holds the same
            if a.dash and r + 1 == a.warmup_rounds:
                self.boundary(factors)
                for n in self.adapted:
                    m[f"{n}.d"], v[f"{n}.d"], t[f"{n}.d"] = torch.zeros(a.directions), torch.zeros(a.directions), 0
        self.save("final", as_change=not self.plain)
        if self.plain:
            save_file(self.first, str(a.out / "first_grads.safetensors"))
        unsaid = ("out", "model") if getattr(a, "fixture", None) else ("out",)
        settings = {k: str(x) if isinstance(x, pathlib.Path) else x for k, x in vars(a).items() if k not in unsaid}
        (a.out / "expected.json").write_text(json.dumps({"settings": settings,
            "adam": {"beta1": BETA1, "beta2": BETA2, "epsilon": a.adam_epsilon}, "losses": losses,
            **({"base_loss": base_loss} if not self.plain else {}),
            **({"gradient_norms": norms} if a.clip is not None else {})}, indent=1))
        self.losses = losses
        print("losses first/last round:", losses[0], losses[-1])

    def boundary(self, factors):
        """Chooses directions from the workers' parameters, (weight, parameters) each, and gives them coordinates."""
        a, boundary = self.a, {}
        for n, mod in self.adapted.items():
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
        if self.plain:
            self.save("boundary")
        for mod in self.adapted.values():
            mod.d = torch.nn.Parameter(torch.zeros(a.directions))
        (a.out / "boundary.json").write_text(json.dumps(boundary))
