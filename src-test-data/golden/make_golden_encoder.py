#!/usr/bin/env python3
"""Golden fixtures of encoders: what training a tiny DeBERTaV3, BERT or RoBERTa with a classification or regression head must
give, by the oracle of oracle.py.

    pip install -r ../python/requirements.txt
    python make_golden_encoder.py OUT_DIR --arch deberta-v2|bert|roberta [--labels 3 | --regression] [--seed 1 --workers 2 ...]

Everything is float64. A worker weighs as many as the examples it trained on. What was written is then loaded into stock
transformers and PEFT, which must give the same first loss and gradients, and, for LoRA and LoRA-Dash, the same logits of the
trained adapter as a LoRA of rank r + s.

Writes to OUT_DIR, beside what oracle.py lists:
  model/            config.json, model.safetensors (float32), as transformers saves it
  data.jsonl        one unpadded record a line, {"input_ids": [...], "token_type_ids": [...], "label": 1 or 0.37}; no token_type_ids
                    means zeros; round r, worker w, local step f, row b is line ((r * workers + w) * local_steps + f) * batch + b
"""
import json
import math
import pathlib
import tempfile

import torch
import torch.nn.functional as F
from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, BertConfig, DebertaV2Config, RobertaConfig
from transformers.models.deberta_v2 import modeling_deberta_v2
from transformers.utils import logging

import oracle

logging.set_verbosity_error()
logging.disable_progress_bar()
p = oracle.parser(__doc__)
p.add_argument("--arch", default="deberta-v2", choices=["deberta-v2", "bert", "roberta"])
p.add_argument("--labels", type=int, default=2)
p.add_argument("--regression", action="store_true", help="one number, mean squared error")
p.add_argument("--hidden", type=int, default=48)
p.add_argument("--intermediate", type=int, default=96)
p.add_argument("--layers", type=int, default=2)
p.add_argument("--heads", type=int, default=4)
p.add_argument("--vocab", type=int, default=200)
p.add_argument("--positions", type=int, default=64, help="longest sequence the model allows")
p.add_argument("--buckets", type=int, default=8, help="DeBERTa: position_buckets")
p.add_argument("--no-share-att-key", action="store_true", help="DeBERTa: separate pos_key_proj and pos_query_proj")
p.add_argument("--published-config", action="store_true",
    help="DeBERTa: pos_att_type as the string of the published config.json, not the list that transformers saves")
a = oracle.parsed(p)
if a.regression:
    a.labels = 1
elif a.labels < 2:
    p.error("classification needs two labels or more; --regression has one")
if a.longest > a.positions:
    p.error("--longest must not pass --positions")
deberta = a.arch == "deberta-v2"
a.targets = a.targets or ("query_proj,key_proj,value_proj" if deberta else "query,key,value") + ",intermediate.dense,attention.output.dense,output.dense"
out = a.out

# transformers takes the root of DeBERTa's attention scale in float32 whatever the model's type is
modeling_deberta_v2.scaled_size_sqrt = lambda query, terms: torch.tensor(math.sqrt(query.size(-1) * terms))

# ---- base model: values are exactly representable in float32 ----
sizes = dict(vocab_size=a.vocab, hidden_size=a.hidden, intermediate_size=a.intermediate, num_hidden_layers=a.layers,
    num_attention_heads=a.heads, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=a.labels)
if deberta:
    config = DebertaV2Config(**sizes, max_position_embeddings=a.positions, relative_attention=True, pos_att_type="p2c|c2p",
        position_buckets=a.buckets, max_relative_positions=-1, norm_rel_ebd="layer_norm", share_att_key=not a.no_share_att_key,
        position_biased_input=False, type_vocab_size=0, hidden_act="gelu", pooler_hidden_act="gelu", pooler_dropout=0.0, cls_dropout=0.0)
elif a.arch == "bert":
    config = BertConfig(**sizes, max_position_embeddings=a.positions, type_vocab_size=2, classifier_dropout=0.0)
else:  # as RoBERTa is published: positions start at the padding token's number + 1, one token type
    config = RobertaConfig(**sizes, max_position_embeddings=a.positions + 2, type_vocab_size=1, layer_norm_eps=1e-5, classifier_dropout=0.0)
PAD, FIRST, SEPARATOR = (1, 0, 2) if a.arch == "roberta" else (0, 1, 2)
model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager").eval()
with torch.no_grad():
    for name, w in model.named_parameters():
        if "LayerNorm.weight" in name:
            w.uniform_(0.5, 1.5)
        elif w.dim() == 1:  # every bias
            w.normal_(0, 0.3)
        elif "embeddings" in name:
            w.normal_(0, 1)
        else:  # large where attention would otherwise be flat or add little
            w.normal_(0, (2.0 if "attention" in name or "classifier" in name else 1.0) / math.sqrt(w.shape[1]))
        w.copy_(w.float().double())
model.float().save_pretrained(out / "model")
model.double()
if a.published_config:
    file = out / "model/config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "pos_att_type": "p2c|c2p"}, indent=2) + "\n")

# ---- data: unequal lengths; BERT: two thirds are pairs; a label is a class, or a multiple of 1/32 up to 5 ----
rnd = oracle.draws(a.seed + 1)
def record():
    n = rnd(a.longest // 3, a.longest + 1)
    x = {"input_ids": [FIRST] + [rnd(3, a.vocab) for _ in range(n - 2)] + [SEPARATOR]}
    if a.arch == "bert" and rnd(0, 3):
        cut = rnd(2, n - 2)  # here the first text's separator stands
        x["input_ids"][cut] = SEPARATOR
        x["token_type_ids"] = [0] * (cut + 1) + [1] * (n - cut - 1)
    x["label"] = rnd(0, 161) / 32 if a.regression else rnd(0, a.labels)
    return x
batches = oracle.batches(a, lambda: [record() for _ in range(a.batch)])
everything = [x for r in batches for w in r for rows in w for x in rows]
(out / "data.jsonl").write_text("".join(json.dumps(x) + "\n" for x in everything))

def inputs(rows):
    """The rows as transformers takes them: padded on the right, with a mask."""
    width = max(len(x["input_ids"]) for x in rows)
    fill = lambda values, by: list(values) + [by] * (width - len(values))
    x = {"input_ids": torch.tensor([fill(x["input_ids"], PAD) for x in rows]),
         "attention_mask": torch.tensor([fill([1] * len(x["input_ids"]), 0) for x in rows])}
    if a.arch == "bert":
        x["token_type_ids"] = torch.tensor([fill(x.get("token_type_ids", []), 0) for x in rows])
    return x

labels_of = lambda rows: torch.tensor([x["label"] for x in rows])

def loss_of(model, rows):
    logits, labels = model(**inputs(rows)).logits, labels_of(rows)
    return (F.mse_loss(logits.squeeze(-1), labels) if a.regression else F.cross_entropy(logits, labels)), len(rows)

training = oracle.Oracle(a, model, "SEQ_CLS", loss_of)
training.run(batches)

# ---- what was written, in stock transformers and PEFT ----
def stock():
    return AutoModelForSequenceClassification.from_pretrained(out / "model", dtype=torch.float64, attn_implementation="eager").eval()

def check(what, x, y, limit):
    difference = (x - y).abs().max().item()
    print(f"{what}: {difference:.1e} apart")
    assert difference < limit, what

with torch.no_grad():
    together = model(**inputs(everything[:24])).logits
    alone = torch.cat([model(**inputs([x])).logits for x in everything[:24]])
    check("padded together and each alone", together, alone, 1e-10)

if training.plain:
    peft = get_peft_model(stock(), LoraConfig(r=a.rank, lora_alpha=a.alpha, lora_dropout=0.0, target_modules=training.targets,
        modules_to_save=list(training.train), task_type="SEQ_CLS"))
    initial = load_file(out / "initial/adapter_model.safetensors")
    set_peft_model_state_dict(peft, {k: x.double() for k, x in initial.items()})
    # without a problem type stock DeBERTa takes the loss in float32
    peft.config.problem_type = "regression" if a.regression else "single_label_classification"
    trainable = {n: w for n, w in peft.named_parameters() if w.requires_grad}
    rows = batches[0][0][0]
    loss = peft(**inputs(rows), labels=labels_of(rows)).loss
    check("first loss", loss, torch.tensor(training.losses[0][0][0]), 1e-10)
    own = lambda n: (n.removeprefix("base_model.model.").replace(".modules_to_save.default", "")
        .replace(".lora_A.default.weight", ".A").replace(".lora_B.default.weight", ".B"))
    grads = {own(n): x for n, x in zip(trainable, torch.autograd.grad(loss, list(trainable.values())))}
    assert set(grads) == set(training.first), set(grads) ^ set(training.first)
    check("first gradients", *(torch.cat([g[k].flatten() for k in sorted(g)]) for g in (grads, training.first)), 1e-6)

    s = a.directions if a.dash and a.warmup_rounds <= a.rounds else 0
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        peft.save_pretrained(folder)
        assert set(load_file(folder + "/adapter_model.safetensors")) == set(initial), "PEFT saves other names"
        t = {f"base_model.model.{n}": w.float().contiguous() for n, w in training.whole.items()}
        for n, m in training.adapted.items():
            A, B = [m.A] + ([m.v.T] if s else []), [m.scale * m.B] + ([m.u * m.d] if s else [])
            t[f"base_model.model.{n}.lora_A.weight"] = torch.cat(A).float().contiguous()
            t[f"base_model.model.{n}.lora_B.weight"] = torch.cat(B, 1).float().contiguous()
        save_file(t, folder + "/adapter_model.safetensors")
        pathlib.Path(folder, "adapter_config.json").write_text(training.adapter_config(a.rank + s, a.rank + s))
        loaded = PeftModel.from_pretrained(stock(), folder).eval()
        check(f"exported at rank {a.rank + s}", together, loaded(**inputs(everything[:24])).logits, 1e-4)
