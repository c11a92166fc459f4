package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** What config.json says of other models: a file that says it of one that does not compute it is of another model. */
record OtherModels(ConfigJson config) {
    /** What models multiply by; 1 for one that does not. */
    private static final List<String> FACTORS = List.of(
            "embedding_multiplier",
            "residual_multiplier",
            "logits_scaling",
            "logit_scale",
            "lm_head_multiplier",
            "scale_emb",
            "scale_depth",
            "rotary_pct");

    /** What models compute besides, unless it is absent, null, false or 0. */
    private static final List<String> NOT_COMPUTED = List.of(
            "attention_multiplier",
            "attention_bias",
            "attention_in_bias",
            "attention_out_bias",
            "mlp_bias",
            "use_bias",
            "qkv_bias",
            "use_qkv_bias",
            "lm_head_bias",
            "hidden_activation",
            "sliding_window",
            "use_sliding_window",
            "attention_chunk_size",
            "no_rope_layer_interval",
            "rope_local_base_freq",
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
            "resid_pdrop",
            "is_encoder_decoder",
            "add_cross_attention",
            "use_bidirectional_attention",
            "auto_map");

    /**
     * Refuses what is not computed.
     *
     * @param own keys that the model reads itself
     */
    void refuse(Set<String> own) {
        config.refuseUnlessWithout(
                NOT_COMPUTED.stream().filter(key -> !own.contains(key)).toList());
        for (String key : FACTORS) {
            JsonNode factor = config.json().path(key);
            boolean isOne = factor.isNumber() && factor.doubleValue() == 1;
            if (!own.contains(key) && config.json().hasNonNull(key) && !isOne) {
                throw refused(key, "only 1 is supported");
            }
        }
        if (!own.contains("no_rope_layers")) {
            refuseUnlessEach("no_rope_layers", "1");
        }
    }

    /** Refuses a list of the kinds of layers in which one is another. */
    void refuseUnlessEach(String key, String kind) {
        boolean alike = config.json().path(key).isArray() || !config.json().hasNonNull(key);
        for (JsonNode layer : config.json().path(key)) {
            alike &= layer.asText().equals(kind);
        }
        if (!alike) {
            throw refused(key, "must be " + kind + " for every layer");
        }
    }

    private InvalidInput refused(String key, String allowed) {
        return InvalidInput.of(
                config.where() + ": " + key,
                Message.oneLine(config.json().path(key).toString()),
                allowed);
    }
}
