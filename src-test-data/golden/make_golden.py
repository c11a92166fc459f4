#!/usr/bin/env python3
"""Golden fixtures of decoders: what training a tiny LLaMA must give, by the oracle of oracle.py.

    pip install -r ../python/requirements.txt
    python make_golden.py OUT_DIR [--seed 1 --workers 2 --rounds 6 --local-steps 2 --warmup-rounds 3 ...]

Everything is float64 but what transformers' LLaMA always computes in float32: norms, rotary angles, softmax. A worker weighs as
many as the tokens that it was given labels for.

--fixture takes model/ and data.jsonl from another fixture beside OUT_DIR, with its --seed, --workers, --local-steps and
--batch; they are not written again.

Writes to OUT_DIR, beside what oracle.py lists:
  model/            config.json, model.safetensors (float32), as transformers saves it
  model-older-config/  with --rope-scaling: config.json as transformers wrote it before version 5 (rope_theta, rope_scaling)
  data.jsonl        one unpadded sequence a line, {"input_ids": [...], "labels": [...]}, -100 = no label; round r,
                    worker w, local step f, row b is line ((r * workers + w) * local_steps + f) * batch + b
"""
import json
import math

import torch
from transformers import LlamaConfig, LlamaForCausalLM

import oracle

p = oracle.parser(__doc__)
p.add_argument("--model", help="a model directory to use in place of a random tiny one")
p.add_argument("--fixture", help="name of the fixture whose model and data are used")
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
a = oracle.parsed(p)
a.targets = a.targets or "q_proj,k_proj,v_proj,up_proj,down_proj"
out = a.out
if a.fixture:
    a.model = out.parent / a.fixture / "model"

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

batches = oracle.token_batches(a, model.config.vocab_size)
written = oracle.token_lines(batches)
training = oracle.Oracle(a, model, "CAUSAL_LM", oracle.next_token_loss)
if a.fixture:
    theirs = (out.parent / a.fixture / "data.jsonl").read_text().splitlines(keepends=True)
    assert theirs[: len(written)] == written, "the fixture's data has other settings"
else:
    (out / "data.jsonl").write_text("".join(written))
training.run(batches)
