#!/usr/bin/env python3
"""Golden fixtures of decoders other than plain LLaMA: what training a tiny random model of transformers' own class must give,
by the oracle of oracle.py.

    pip install -r ../python/requirements.txt
    python make_golden_decoder.py OUT_DIR --arch gemma2 [--set KEY=JSON ... --config-format 4 --seed 1 ...]

Everything is float64 but what transformers always computes in float32: norms, rotary angles, softmax. Afterwards stock
transformers and PEFT must give the same first loss and gradients, with config.json in either format.

--config-format 4 writes config.json with the keys that transformers had before 5 (rope_theta, rope_scaling, no layer_types ...),
as most published models have it. --rope is what rope_parameters say beside rope_theta.

Writes to OUT_DIR, beside what oracle.py lists:
  model/            config.json, model.safetensors (float32)
  model-other-config/config.json   the same model in the other format
  data.jsonl        as make_golden.py has it
"""
import json
import math
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

import oracle

# What each architecture adds to the common settings. Values are chosen so that leaving the feature out shows.
GELU = {"hidden_activation": "gelu_pytorch_tanh"}
ARCHITECTURES = {
    "llama": {"attention_bias": True, "mlp_bias": True},
    "mistral": {"sliding_window": 5},
    "qwen2": {"use_sliding_window": True, "sliding_window": 6, "max_window_layers": 1},
    "qwen3": {"head_dim": 10, "use_sliding_window": False},
    "gemma2": {**GELU, "head_dim": 10, "query_pre_attn_scalar": 20, "sliding_window": 5, "attn_logit_softcapping": 1.5,
               "final_logit_softcapping": 4.0},
    "gemma3_text": {**GELU, "head_dim": 10, "query_pre_attn_scalar": 14, "sliding_window": 5, "sliding_window_pattern": 2,
                    "final_logit_softcapping": None},
    "phi3": {"sliding_window": None, "original_max_position_embeddings": 256},
    "granite": {"embedding_multiplier": 6.0, "attention_multiplier": 0.2, "residual_multiplier": 0.4, "logits_scaling": 2.5},
    "olmo2": {},
    "smollm3": {"no_rope_layer_interval": 2, "use_sliding_window": True, "sliding_window": 6},
}
ONE_PLUS = ("gemma2", "gemma3_text")  # a norm multiplies by 1 + its weight

logging.set_verbosity_error()
logging.disable_progress_bar()
torch.set_num_threads(1)
p = oracle.parser(__doc__)
p.add_argument("--arch", choices=list(ARCHITECTURES), required=True)
p.add_argument("--set", action="append", default=[], metavar="KEY=JSON", help="any key of config.json")
p.add_argument("--config-format", type=int, default=5, choices=[4, 5])
p.add_argument("--hidden", type=int, default=24)
p.add_argument("--intermediate", type=int, default=40)
p.add_argument("--layers", type=int, default=2)
p.add_argument("--heads", type=int, default=4)
p.add_argument("--kv-heads", type=int, default=2)
p.add_argument("--vocab", type=int, default=90)
p.add_argument("--positions", type=int, default=256)
p.add_argument("--tie", action="store_true")
p.add_argument("--rope-theta", type=float, default=500.0)
p.add_argument("--rope", type=json.loads, default={}, help="JSON, beside rope_theta")
p.add_argument("--rope-local-theta", type=float, default=100.0, help="gemma3_text: of layers with a window")
p.add_argument("--embedding-scale", type=float, default=0.3)
a = oracle.parsed(p)
fused = a.arch == "phi3"
a.targets = a.targets or ("qkv_proj,o_proj,gate_up_proj,down_proj" if fused else "q_proj,k_proj,v_proj,up_proj,down_proj")


# ---- base model: values are exactly representable in float32 ----
def configuration():
    rope = {"rope_type": "default", "rope_theta": a.rope_theta, **a.rope}
    if a.arch == "gemma3_text":
        rope = {"full_attention": rope, "sliding_attention": {"rope_type": "default", "rope_theta": a.rope_local_theta}}
    keys = dict(vocab_size=a.vocab, hidden_size=a.hidden, intermediate_size=a.intermediate, num_hidden_layers=a.layers,
        num_attention_heads=a.heads, num_key_value_heads=a.kv_heads, max_position_embeddings=a.positions, rms_norm_eps=1e-5,
        rope_parameters=rope, tie_word_embeddings=a.tie, bos_token_id=1, eos_token_id=2, pad_token_id=0, attention_dropout=0.0)
    keys.update(ARCHITECTURES[a.arch])
    keys.update({k: json.loads(v) for k, v in (x.split("=", 1) for x in a.set)})
    return AutoConfig.for_model(a.arch, **keys), keys


def older(config, keys):
    """config.json as transformers 4 wrote it, or as the first published models of the kind have it."""
    rope = config.pop("rope_parameters")
    whole = dict(rope.get("full_attention", rope))
    if "full_attention" in rope:
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        config.pop("_sliding_window_pattern", None)
        config["sliding_window_pattern"] = keys["sliding_window_pattern"]
    config["rope_theta"] = whole.pop("rope_theta")
    if fused:
        config["partial_rotary_factor"] = whole.pop("partial_rotary_factor", 1.0)
        whole.pop("original_max_position_embeddings", None)
    kind = whole.pop("rope_type")
    config["rope_scaling"] = {"rope_type" if a.arch == "gemma3_text" else "type": kind, **whole} if whole else None
    if a.arch != "smollm3":  # its first published models have them
        config.pop("layer_types", None)
    if a.arch in ONE_PLUS:
        config["hidden_act"] = config["hidden_activation"]
    config["torch_dtype"] = config.pop("dtype", "float32")
    config["transformers_version"] = "4.51.3"
    return dict(sorted(config.items()))


def load(folder=None):
    other = {"config": AutoConfig.from_pretrained(folder)} if folder else {}
    return AutoModelForCausalLM.from_pretrained(a.out / "model", dtype=torch.float64, attn_implementation="eager", **other).eval()


def loss_of(model, b):
    """With the angles that the batch has by itself: transformers' dynamic ones stay those of the longest batch so far."""
    model.model.rotary_emb = type(model.model.rotary_emb)(model.config)
    return oracle.next_token_loss(model, b)


config, keys = configuration()
model = AutoModelForCausalLM.from_config(config, dtype=torch.float64, attn_implementation="eager")
with torch.no_grad():
    for name, w in model.named_parameters():
        if "embed" in name:
            w.normal_(0, a.embedding_scale)
        elif w.dim() == 2:
            w.normal_(0, 1 / math.sqrt(w.shape[1]))
        elif name.endswith("bias"):
            w.normal_(0, 0.5)
        else:
            w.uniform_(0.5, 1.5)
            if a.arch in ONE_PLUS:
                w.sub_(1.0)
        if a.arch in ONE_PLUS:
            # all embeddings share a component and every gate leans against it, to where the tanh form of GELU and the exact
            # one differ by per cents of their value (about -2.5); elsewhere the difference would not show
            if "embed" in name:
                w[:, 0] += 1.0
            if "gate_proj" in name:
                w[:, 0] = -0.8
        w.copy_(w.float().double())
model.float().save_pretrained(a.out / "model")
file = a.out / "model" / "config.json"
formats = {5: file.read_text(), 4: json.dumps(older(json.loads(file.read_text()), keys), indent=2) + "\n"}
other = a.out / "model-other-config" / "config.json"
other.parent.mkdir(exist_ok=True)
file.write_text(formats[a.config_format])
other.write_text(formats[9 - a.config_format])

batches = oracle.token_batches(a, a.vocab)
(a.out / "data.jsonl").write_text("".join(oracle.token_lines(batches)))
a.train = ""
training = oracle.Oracle(a, load(), "CAUSAL_LM", loss_of)
training.run(batches)

# ---- against stock transformers and PEFT, from the files ----
for folder in (a.out / "model", other.parent):
    stock = get_peft_model(load(folder), LoraConfig(r=a.rank, lora_alpha=a.alpha, lora_dropout=0.0, target_modules=a.targets.split(",")),
                           autocast_adapter_dtype=False).double()
    factors = {k: x for k, x in stock.named_parameters() if "lora_" in k}
    for k, x in load_file(a.out / "initial" / "adapter_model.safetensors").items():
        factors[k.replace(".weight", ".default.weight")].data.copy_(x)
    loss, _ = oracle.next_token_loss(stock, batches[0][0][0])
    assert abs(loss.item() - training.losses[0][0][0]) < 1e-12, (folder, loss.item(), training.losses[0][0][0])
    loss.backward()
    for k, g in training.first.items():
        theirs = factors[f"base_model.model.{k.rpartition('.')[0]}.lora_{k[-1]}.default.weight"].grad.float()
        assert (theirs - g).abs().max() <= 1e-6 * g.abs().max(), k
