#!/usr/bin/env python3
"""Frozen weights in 4 and 8 bits, by the definitions, in NumPy: what a reader of this project must get.

    pip install numpy safetensors
    python make_quantised.py OUT_DIR [--bitsandbytes]     (with it installed: compares, on its CPU path)

Writes OUT_DIR/matrices.safetensors and OUT_DIR/expected.json. The definitions are in docs/memory.md.
"""
import argparse, json, pathlib
import numpy as np
from safetensors.numpy import save_file

f32 = np.float32
NF4 = np.array([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
                -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
                0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
                0.7229568362236023, 1.0], f32)  # QLoRA, arXiv 2305.14314, appendix E
BLOCK, SECOND_BLOCK = 64, 256

def nearest(x, values):
    """Index of the nearest of the ascending values; half way: the smaller. Also how near any x is to a half way."""
    bounds = ((values[1:] + values[:-1]) / f32(2)).astype(f32)
    return np.searchsorted(bounds, x, side="left"), np.abs(x[:, None] - bounds).min() if x.size else 1.0

def blocks(flat, size):
    return [flat[i:i + size] for i in range(0, len(flat), size)]

def nf4(w):
    flat = w.reshape(-1)  # row after row; a block runs on from one row into the next, and the last may be shorter
    absmax, codes, margin = [], [], 1.0
    for b in blocks(flat, BLOCK):
        m = np.abs(b).max()
        index, near = nearest((b / m if m > 0 else b).astype(f32), NF4)
        absmax.append(m); codes.append(index); margin = min(margin, near)
    absmax, codes = np.array(absmax, f32), np.concatenate(codes)
    return codes.astype(np.int32), absmax, margin

def nf4_values(codes, absmax, shape):
    return (NF4[codes] * np.repeat(absmax, BLOCK)[: len(codes)]).astype(f32).reshape(shape)

def pack(codes):
    c = np.append(codes, 7) if len(codes) % 2 else codes  # the first of two in the high half; an odd one is paired with zero's code
    return (c[::2] << 4 | c[1::2]).astype(np.int32)

def dynamic_map():
    """256 values, signed: for e = 0..6, 2^e midpoints of [0.1, 1] cut evenly, times 10^(e - 6), of both signs; 0 and 1."""
    values = [0.0, 1.0]
    for e in range(7):
        edges = np.linspace(0.1, 1, 2 ** e + 1, dtype=f32)
        middle = (edges[1:] + edges[:-1]) / f32(2)
        values += [s * f32(10.0 ** (e - 6)) * x for x in middle for s in (1, -1)]
    return np.sort(np.array(values, f32))

def doubly(absmax):
    offset = f32(absmax.mean(dtype=np.float64))
    centred, table = (absmax - offset).astype(f32), dynamic_map()
    codes, second, margin = [], [], 1.0
    for b in blocks(centred, SECOND_BLOCK):
        m = np.abs(b).max()
        index, near = nearest((b / m).astype(f32), table)
        codes.append(index); second.append(m); margin = min(margin, near)
    codes, second = np.concatenate(codes).astype(np.int32), np.array(second, f32)
    return codes, second, offset, (table[codes] * np.repeat(second, SECOND_BLOCK)[: len(codes)] + offset).astype(f32), margin

def int8(w):
    absmax = np.abs(w).max(1)
    scaled = w * (f32(127) / np.where(absmax > 0, absmax, f32(1)))[:, None]
    codes = np.rint(scaled)  # half way: the even one
    margin = np.abs(np.abs(scaled - np.floor(scaled)) - 0.5).min()
    return codes.astype(np.int32), absmax, (codes * (absmax / f32(127))[:, None]).astype(f32), margin

def error(got, want):
    return float(np.linalg.norm((got - want).astype(np.float64)) / np.linalg.norm(want.astype(np.float64)))

p = argparse.ArgumentParser()
p.add_argument("out", type=pathlib.Path)
p.add_argument("--bitsandbytes", action="store_true")
p.add_argument("--seed", type=int, default=5)
a = p.parse_args()
a.out.mkdir(parents=True, exist_ok=True)
r = np.random.default_rng(a.seed)
matrices = {name: (r.standard_normal(shape) * 0.05).astype(f32) for name, shape in (("plain", (24, 128)), ("outliers", (16, 64)), ("ragged", (7, 45)))}
for row, column in ((0, 3), (2, 60), (2, 61), (5, 0), (9, 33), (14, 7)):
    matrices["outliers"][row, column] *= f32(40)
matrices["outliers"][11] = 0  # a block, and a row, of nothing but zeros

tensors, expected = {"nf4.code_values": NF4, "dynamic_map": dynamic_map()}, {"block": BLOCK, "second_block": SECOND_BLOCK, "matrices": {}}
for name, w in matrices.items():
    codes, absmax, margin = nf4(w)
    c2, m2, offset, absmax2, margin2 = doubly(absmax)
    c8, m8, v8, margin8 = int8(w)
    values, values2 = nf4_values(codes, absmax, w.shape), nf4_values(codes, absmax2, w.shape)
    tensors |= {f"{name}.values": w, f"{name}.nf4.codes": codes.reshape(w.shape), f"{name}.nf4.packed": pack(codes), f"{name}.nf4.absmax": absmax, f"{name}.nf4.dequantised": values,
                f"{name}.nf4.double.codes": c2, f"{name}.nf4.double.absmax": m2, f"{name}.nf4.double.offset": np.array([offset], f32),
                f"{name}.nf4.double.absmax_dequantised": absmax2, f"{name}.nf4.double.dequantised": values2,
                f"{name}.int8.codes": c8, f"{name}.int8.absmax": m8, f"{name}.int8.dequantised": v8}
    expected["matrices"][name] = {"shape": list(w.shape), "blocks": len(absmax), "last_block": (w.size - 1) % BLOCK + 1,
        "relative_error": {"nf4": error(values, w), "nf4_double": error(values2, w), "int8": error(v8, w)},
        "nearest_to_half_way": {"nf4": float(margin), "nf4_double": float(margin2), "int8": float(margin8)}}
    print(name, expected["matrices"][name])
    if a.bitsandbytes:
        import torch, bitsandbytes.functional as B
        x = torch.from_numpy(w.copy())
        q, s = B.quantize_4bit(x, blocksize=BLOCK, quant_type="nf4")
        q2, s2 = B.quantize_4bit(x, blocksize=BLOCK, quant_type="nf4", compress_statistics=True)
        r8, m, _ = B.int8_vectorwise_quant(x.clone())
        bits = np.append(q.numpy().reshape(-1) >> 4, q.numpy().reshape(-1) & 15).reshape(2, -1).T.reshape(-1)[: w.size]
        far = lambda x, y: float(np.abs(x.numpy().astype(np.float64).reshape(-1) - y.reshape(-1)).max())
        print("  bitsandbytes: code values equal", bool((s.code.numpy() == NF4).all()), "codes that differ", int((bits != codes).sum()),
              "packed bytes that differ", int((q.numpy().reshape(-1) != pack(codes)).sum()), "absmax", far(s.absmax, absmax), "dequantised", far(B.dequantize_4bit(q, s), values))
        print("  double: map", far(s2.state2.code, dynamic_map()), "codes that differ", int((s2.absmax.numpy() != c2).sum()), "second absmax", far(s2.state2.absmax, m2), "offset", abs(float(s2.offset) - float(offset)), "dequantised", far(B.dequantize_4bit(q2, s2), values2))
        zero = m8 == 0
        print("  int8: codes that differ", int((r8.numpy()[~zero] != c8[~zero]).sum()), "absmax", far(m, m8), "rows of zeros", r8.numpy()[zero].reshape(-1)[:3])
save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, str(a.out / "matrices.safetensors"))
(a.out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
