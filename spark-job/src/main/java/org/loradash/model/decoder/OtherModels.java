package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * What config.json says of other models, and a LLaMA does not compute: a file that says it of a LLaMA is of another model.
 *
 * @param where names the file in errors
 */
record OtherModels(JsonNode json, String where) {
    /** What other models multiply by; 1 for a LLaMA. */
    private static final List<String> FACTORS = List.of(
            "embedding_multiplier",
            "residual_multiplier",
            "logits_scaling",
            "logit_scale",
            "lm_head_multiplier",
            "scale_emb",
            "scale_depth",
            "rotary_pct");

    /** What other models compute besides, unless it is absent, null, false or 0. */
    private static final List<String> NOT_COMPUTED = List.of(
            "attention_multiplier",
            "attention_in_bias",
            "attention_out_bias",
            "use_bias",
            "qkv_bias",
            "use_qkv_bias",
            "lm_head_bias",
            "sliding_window",
            "attention_chunk_size",
            "qk_norm",
            "use_qk_norm",
            "clip_qkv",
            "query_pre_attn_scalar",
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "attn_temperature_tuning",
            "use_parallel_residual",
            "parallel_attn",
            "alibi",
            "num_local_experts",
            "num_experts",
            "n_routed_experts",
            "dim_model_base",
            "rope_interleaved",
            "rope_interleave",
            "rotary_dim",
            "is_encoder_decoder",
            "add_cross_attention",
            "use_bidirectional_attention",
            "auto_map");

    void refuse() {
        new ConfigJson(json, where).refuseUnlessWithout(NOT_COMPUTED);
        for (String key : FACTORS) {
            JsonNode factor = json.path(key);
            if (json.hasNonNull(key) && !(factor.isNumber() && factor.doubleValue() == 1)) {
                throw refused(key, "only 1 is supported");
            }
        }
        refuseUnlessEach("layer_types", "full_attention");
        refuseUnlessEach("no_rope_layers", "1");
    }

    /** Refuses a list of the kinds of layers in which one is another. */
    private void refuseUnlessEach(String key, String kind) {
        JsonNode layers = json.path(key);
        boolean alike = layers.isArray() || !json.hasNonNull(key);
        for (JsonNode layer : layers) {
            alike &= layer.asText().equals(kind);
        }
        if (!alike) {
            throw refused(key, "must be " + kind + " for every layer");
        }
    }

    private InvalidInput refused(String key, String allowed) {
        return InvalidInput.of(
                where + ": " + key, Message.oneLine(json.path(key).toString()), allowed);
    }
}
