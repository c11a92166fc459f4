#!/usr/bin/env bash
# Makes every golden fixture of this folder again, with the interpreter of $PYTHON: make_all.sh [OUT_DIR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
fixture() {
    local script=$1 name=$2
    shift 2
    "${PYTHON:-python3}" "$here/$script" "$out/$name" "$@"
}
golden() { fixture make_golden.py "$@"; }
decoder() {
    local name=$1
    shift
    fixture make_golden_decoder.py "$name" --rank 3 --alpha 6 --directions 3 --rounds 3 --warmup-rounds 2 --lr-warmup-steps 2 "$@"
}
encoder() { fixture make_golden_encoder.py "$@"; }

golden llama-tiny
golden tied --seed 11 --tie --hidden 48 --intermediate 59 --heads 6 --kv-heads 3 --vocab 211 --rope-theta 500000 \
    --rank 4 --alpha 6 --targets q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj --directions 5 \
    --workers 3 --rounds 5 --local-steps 3 --warmup-rounds 2 --batch 2 --lr-warmup-steps 4
golden lora --seed 3 --method lora --hidden 32 --intermediate 72 --heads 4 --kv-heads 4 --vocab 150 \
    --rank 4 --alpha 8 --workers 1 --rounds 5 --local-steps 2 --lr-warmup-steps 0 --weight-decay 0.1
golden gradients --seed 9 --averaging gradients --schedule cosine --clip 0.6 --lr 0.01 --hidden 32 --intermediate 72 --heads 4 \
    --kv-heads 2 --vocab 150 --rank 4 --alpha 8 --directions 4 --workers 2 --rounds 9 --local-steps 1 --warmup-rounds 4
golden llama3-rope --seed 5 --rope-scaling llama3 --head-dim 12 --schedule constant --hidden 40 --intermediate 72 --heads 4 \
    --kv-heads 2 --vocab 150 --rank 4 --alpha 8 --targets q_proj,k_proj,v_proj,o_proj,down_proj --directions 4 \
    --workers 2 --rounds 5 --local-steps 2 --warmup-rounds 2 --longest 60

# The other methods on llama-tiny's model and data; a larger epsilon of AdamW keeps float32's rounding out of its signs.
method() {
    local name=$1
    shift
    golden "$name" --fixture llama-tiny --rank 4 --alpha 6 --targets q_proj,v_proj,up_proj --directions 4 --rounds 3 \
        --warmup-rounds 2 --lr 0.01 --adam-epsilon 1e-5 "$@"
}
method pissa --method pissa --dash
method milora --method milora --weight-decay 0.1
method rosa --method rosa --dash --choose random
method spectral --method spectral
method choose-bottom --method lora-dash --choose bottom
method full --method full --dash --targets q_proj,v_proj --weight-decay 0.1

# Decoders other than plain LLaMA, and the ways to stretch rotary angles.
all=q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj
decoder llama-bias --arch llama --seed 31 --targets $all --rope-theta 600 --set 'hidden_act="gelu"' --config-format 4
decoder mistral --arch mistral --seed 32 --rope-theta 500
decoder qwen2 --arch qwen2 --seed 33 --tie --targets $all --config-format 4
decoder qwen3 --arch qwen3 --seed 34 --tie --set attention_bias=true
decoder gemma2 --arch gemma2 --seed 35 --layers 3 --tie --targets $all --config-format 4
decoder gemma3 --arch gemma3_text --seed 36 --layers 4 --tie --rope '{"rope_type": "linear", "factor": 4.0}' \
    --set final_logit_softcapping=5.0
decoder phi3 --arch phi3 --seed 37 --hidden 32 --rope '{"partial_rotary_factor": 0.5}' --set sliding_window=7 --config-format 4
decoder phi3-longrope --arch phi3 --seed 38 --hidden 32 --positions 64 --set original_max_position_embeddings=20 \
    --rope '{"rope_type": "longrope", "partial_rotary_factor": 0.75, "short_factor": [1.0, 1.1, 1.3], "long_factor": [1.2, 2.0, 4.0]}'
decoder granite --arch granite --seed 39 --tie --embedding-scale 0.1
decoder olmo2 --arch olmo2 --seed 40 --targets $all
decoder smollm3 --arch smollm3 --seed 41 --layers 4 --tie --config-format 4
decoder yarn --arch qwen2 --seed 42 --rope '{"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}' \
    --set use_sliding_window=false
decoder dynamic --arch llama --seed 43 --positions 8 --longest 30 --rope '{"rope_type": "dynamic", "factor": 3.0}' \
    --set attention_bias=false --set mlp_bias=false --config-format 4

# Its photo is dog/00.jpg of google/dreambooth's dataset, which is not here.
[ -z "${PHOTO:-}" ] || fixture make_golden_sdxl.py sdxl-tiny --photo "$PHOTO"

# DeBERTa's texts are longer than the linear part of its buckets.
encoder deberta --seed 21 --labels 3 --published-config --hidden 32 --intermediate 48 --heads 4 --vocab 90 --positions 40 \
    --buckets 8 --rank 4 --alpha 8 --directions 4
encoder deberta-unshared --seed 22 --no-share-att-key --labels 5 --hidden 30 --intermediate 44 --heads 3 --vocab 70 --positions 32 \
    --buckets 6 --longest 32 --rank 3 --alpha 6 --directions 3 --workers 3 --rounds 4 --local-steps 3 --warmup-rounds 2 \
    --batch 2 --lr-warmup-steps 4
encoder bert --seed 23 --arch bert --hidden 32 --intermediate 56 --heads 2 --vocab 90 --positions 32 --rank 4 --alpha 8 --directions 4
encoder roberta-regression --seed 24 --arch roberta --regression --hidden 24 --intermediate 40 --heads 4 --vocab 80 --positions 24 \
    --rank 4 --alpha 6 --directions 4 --weight-decay 0.1
