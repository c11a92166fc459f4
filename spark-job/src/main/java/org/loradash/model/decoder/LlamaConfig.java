package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.loradash.model.ConfigJson;
import org.loradash.model.decoder.DecoderConfig.RopeScaling;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * A config.json of LLaMA, as transformers writes it.
 *
 * @param where names the file in errors
 */
public record LlamaConfig(ConfigJson config, JsonNode json, String where) {
    private static final String ORIGINAL_POSITIONS = "original_max_position_embeddings";
    private static final Set<String> ROPE_KEYS = Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor");
    private static final Set<String> LLAMA3_KEYS = Set.of(
            "rope_type",
            "type",
            "rope_theta",
            "partial_rotary_factor",
            "factor",
            "low_freq_factor",
            "high_freq_factor",
            ORIGINAL_POSITIONS);

    /**
     * Reads a config.json.
     *
     * @param where names the file in errors
     */
    public static DecoderConfig parse(JsonNode json, String where) {
        ConfigJson config = new ConfigJson(json, where);
        LlamaConfig reader = new LlamaConfig(config, json, where);
        reader.refuseUnsupported();
        int hidden = config.positive("hidden_size", Optional.empty());
        int heads = config.positive("num_attention_heads", Optional.empty());
        int keyHeads = config.positive("num_key_value_heads", Optional.of(heads));
        int headWidth = reader.headWidth(hidden, heads);
        if (heads % keyHeads != 0) {
            throw InvalidInput.of(
                    where + ": num_key_value_heads", keyHeads, "must divide num_attention_heads, " + heads);
        }
        if (headWidth % 2 != 0) {
            throw InvalidInput.of(where + ": head_dim", headWidth, "must be even, for rotary positions");
        }
        if ((long) heads * headWidth > ConfigJson.LARGEST) {
            throw InvalidInput.of(
                    where + ": head_dim",
                    headWidth,
                    "num_attention_heads times head_dim must be at most " + ConfigJson.LARGEST);
        }
        return new DecoderConfig(
                config.positive("vocab_size", Optional.empty()),
                hidden,
                config.positive("intermediate_size", Optional.empty()),
                config.positive("num_hidden_layers", Optional.empty()),
                heads,
                keyHeads,
                headWidth,
                config.normEpsilon("rms_norm_eps", 1e-6),
                reader.ropeTheta(),
                reader.ropeScaling(),
                config.positive("max_position_embeddings", Optional.of(2048)),
                config.flag("tie_word_embeddings", false));
    }

    private int headWidth(int hidden, int heads) {
        JsonNode node = json.path("head_dim");
        if ((node.isMissingNode() || node.isNull()) && hidden % heads != 0) {
            throw InvalidInput.of(
                    where + ": num_attention_heads",
                    heads,
                    "must divide hidden_size, " + hidden + ", where head_dim is not given");
        }
        return config.positive("head_dim", Optional.of(hidden / heads));
    }

    private double ropeTheta() {
        double theta = config.number(rope(), "rope_theta", config.number("rope_theta", 10000.0));
        if (theta <= 1) {
            throw InvalidInput.of(where + ": rope_theta", theta, "must be greater than 1");
        }
        return theta;
    }

    /** Older files say rope_scaling, newer ones rope_parameters; of both the older counts, as in transformers 5. */
    private JsonNode rope() {
        JsonNode scaling = rope("rope_scaling");
        return scaling.isEmpty() ? rope("rope_parameters") : scaling;
    }

    private JsonNode rope(String key) {
        JsonNode rope = json.path(key);
        if (!rope.isObject() && !rope.isMissingNode() && !rope.isNull()) {
            throw InvalidInput.of(where + ": " + key, ConfigJson.text(rope), "must be an object");
        }
        return rope;
    }

    private void refuseOthers(JsonNode rope, String type, Set<String> known) {
        rope.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key) && rope.hasNonNull(key)) {
                throw InvalidInput.of(
                        where + ": " + Message.oneLine(key),
                        ConfigJson.text(rope.path(key)),
                        "must be absent for rope_type " + type);
            }
        });
    }

    private Optional<RopeScaling> ropeScaling() {
        JsonNode rope = rope();
        String type = ConfigJson.word(rope.path("rope_type"), ConfigJson.word(rope.path("type"), "default"));
        if (type.equals("default")) {
            refuseOthers(rope, type, ROPE_KEYS);
            return Optional.empty();
        }
        if (!type.equals("llama3")) {
            throw InvalidInput.of(where + ": rope_type", type, "must be default or llama3");
        }
        refuseOthers(rope, type, LLAMA3_KEYS);
        double factor = required(rope, "factor");
        double low = required(rope, "low_freq_factor");
        double high = required(rope, "high_freq_factor");
        double original = required(rope, ORIGINAL_POSITIONS);
        if (!(high > low)) {
            throw InvalidInput.of(where + ": high_freq_factor", high, "must be greater than low_freq_factor, " + low);
        }
        if (original != Math.rint(original) || config.number(ORIGINAL_POSITIONS, original) != original) {
            throw InvalidInput.of(
                    where + ": " + ORIGINAL_POSITIONS, original, "must be one whole number wherever it is given");
        }
        return Optional.of(new RopeScaling(factor, low, high, (int) original));
    }

    private double required(JsonNode rope, String key) {
        double value = config.number(rope, key, Double.NaN);
        if (!(value > 0) || value > ConfigJson.LARGEST) {
            throw InvalidInput.of(
                    where + ": " + key,
                    ConfigJson.text(rope.path(key)),
                    "must be a positive number for rope_type llama3");
        }
        return value;
    }

    private void refuseUnsupported() {
        JsonNode type = json.path("model_type");
        if (!type.isMissingNode() && !type.asText().equals("llama")) {
            throw InvalidInput.of(
                    where + ": model_type", ConfigJson.text(type), "must be llama, as architectures says");
        }
        JsonNode activation = json.path("hidden_act");
        if (!activation.isMissingNode() && !activation.asText().equals("silu")) {
            throw InvalidInput.of(
                    where + ": hidden_act",
                    Message.oneLine(activation.isTextual() ? activation.textValue() : activation.toString()),
                    "only silu is supported");
        }
        for (String key : new String[] {"attention_bias", "mlp_bias"}) {
            if (config.flag(key, false)) {
                throw InvalidInput.of(where + ": " + key, true, "only false is supported");
            }
        }
        if (config.number("attention_dropout", 0) != 0) {
            throw InvalidInput.of(where + ": attention_dropout", json.path("attention_dropout"), "only 0 is supported");
        }
        new OtherModels(json, where).refuse();
        if (config.number(rope(), "partial_rotary_factor", config.number("partial_rotary_factor", 1)) != 1) {
            throw InvalidInput.of(where + ": partial_rotary_factor", "not 1", "only 1 is supported");
        }
        if (json.hasNonNull("quantization_config")) {
            throw InvalidInput.of(
                    where + ": quantization_config",
                    "present",
                    "quantised models are not supported; give float32, float16 or bfloat16 weights");
        }
    }
}
