package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.loradash.autograd.Attention;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.ConfigJson;
import org.loradash.model.decoder.DecoderConfig.Layer;
import org.loradash.tsd.InvalidInput;

/**
 * What the configs of decoders say in one way, each with the defaults of its own class in transformers. A key that is
 * absent has a default; null is something else, and means what it means there.
 */
record DecoderConfigReader(ConfigJson json) {
    static final String WINDOW = "sliding_window";
    static final String LAYER_TYPES = "layer_types";
    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    /** Whether a config is of an architecture: by the name that it gives, or where it gives none by its model type. */
    static boolean isOf(JsonNode config, String name, String modelType) {
        JsonNode architectures = config.path("architectures");
        return architectures.isArray() && architectures.size() > 0
                ? architectures.get(0).asText().equals(name)
                : (architectures.isMissingNode() || architectures.isNull() || architectures.isArray())
                        && config.path("model_type").asText().equals(modelType);
    }

    /**
     * Begins to read a config, and refuses what no decoder or only others compute.
     *
     * @param where names the file in errors
     * @param own keys that only some architectures read, this one among them
     */
    static DecoderConfigReader of(JsonNode config, String where, String modelType, Set<String> own) {
        DecoderConfigReader reader = new DecoderConfigReader(new ConfigJson(config, where));
        reader.refuseUnsupported(modelType);
        new OtherModels(reader.json).refuse(own);
        return reader;
    }

    private void refuseUnsupported(String modelType) {
        JsonNode type = json.json().path("model_type");
        if (!type.isMissingNode() && !type.asText().equals(modelType)) {
            throw json.refused("model_type", "must be " + modelType + ", as architectures says");
        }
        if (json.number("attention_dropout", 0) != 0) {
            throw json.refused(
                    "attention_dropout", "only 0 is supported; a copy of config.json that says 0 trains without it");
        }
        if (json.json().hasNonNull("quantization_config")) {
            throw InvalidInput.of(
                    json.where() + ": quantization_config",
                    "present",
                    "quantised models are not supported; give float32, float16 or bfloat16 weights");
        }
        refuseNull("max_position_embeddings", "tie_word_embeddings");
    }

    /** Refuses null where it means nothing. */
    void refuseNull(String... keys) {
        for (String key : keys) {
            if (json.json().path(key).isNull()) {
                throw json.refused(key, "must be absent or given");
            }
        }
    }

    /** @param positions max_position_embeddings where it is absent */
    DecoderConfig.Sizes sizes(int positions) {
        return new DecoderConfig.Sizes(
                json.positive("vocab_size", Optional.empty()),
                json.positive("hidden_size", Optional.empty()),
                json.positive("intermediate_size", Optional.empty()),
                json.positive("max_position_embeddings", Optional.of(positions)));
    }

    /** How many heads there are, and how wide they are. */
    record Heads(int count, int keys, int width) {
        /** The attention of a LLaMA. */
        Attention.Heads plain() {
            return Attention.Heads.plain(count, keys, width);
        }

        /** Attention with a window. */
        Attention.Heads within(OptionalInt window) {
            return scaled(plain().scale(), OptionalDouble.empty(), window);
        }

        Attention.Heads scaled(float scale, OptionalDouble cap, OptionalInt window) {
            return new Attention.Heads(count, keys, scale, cap, window);
        }
    }

    /** Heads that are hidden_size wide together, each with its own keys, where a config says nothing else. */
    Heads heads() {
        return heads(OptionalInt.empty(), OptionalInt.empty());
    }

    /**
     * @param keys num_key_value_heads where it is absent; nothing for as many as heads, which null means too
     * @param width head_dim where it is absent; nothing for a share of hidden_size, which null means too
     */
    Heads heads(OptionalInt keys, OptionalInt width) {
        int hidden = json.positive("hidden_size", Optional.empty());
        int heads = json.positive("num_attention_heads", Optional.empty());
        int keyHeads = json.positive(
                "num_key_value_heads",
                Optional.of(json.json().has("num_key_value_heads") ? heads : keys.orElse(heads)));
        int headWidth = headWidth(hidden, heads, width);
        if (heads % keyHeads != 0) {
            throw InvalidInput.of(
                    json.where() + ": num_key_value_heads", keyHeads, "must divide num_attention_heads, " + heads);
        }
        if ((long) heads * headWidth > ConfigJson.LARGEST) {
            throw InvalidInput.of(
                    json.where() + ": head_dim",
                    headWidth,
                    "num_attention_heads times head_dim must be at most " + ConfigJson.LARGEST);
        }
        return new Heads(heads, keyHeads, headWidth);
    }

    private int headWidth(int hidden, int heads, OptionalInt whenAbsent) {
        boolean shared = !json.json().hasNonNull("head_dim") && whenAbsent.isEmpty();
        if (shared && hidden % heads != 0) {
            throw InvalidInput.of(
                    json.where() + ": num_attention_heads",
                    heads,
                    "must divide hidden_size, " + hidden + ", where head_dim is not given");
        }
        return json.positive("head_dim", Optional.of(whenAbsent.orElse(hidden / heads)));
    }

    /** rms_norm_eps. */
    float epsilon(double whenAbsent) {
        return json.normEpsilon("rms_norm_eps", whenAbsent);
    }

    /** The activation of hidden_act. */
    Activation activation() {
        return activation("hidden_act", "silu");
    }

    /** An activation by the name that transformers gives it. */
    Activation activation(String key, String whenAbsent) {
        String name = json.json().path(key).isNull() ? "null" : json.word(key, whenAbsent);
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            default -> throw json.refused(key, "must be silu, gelu, gelu_new, gelu_pytorch_tanh or relu");
        };
    }

    /**
     * sliding_window, in tokens.
     *
     * @param whenAbsent nothing for none, which null means too
     */
    OptionalInt window(OptionalInt whenAbsent) {
        if (!json.json().has(WINDOW)) {
            return whenAbsent;
        }
        return json.json().path(WINDOW).isNull()
                ? OptionalInt.empty()
                : OptionalInt.of(json.positive(WINDOW, Optional.empty()));
    }

    /** A number above 0, or nothing where it is null. */
    OptionalDouble cap(String key, OptionalDouble whenAbsent) {
        if (!json.json().has(key)) {
            return whenAbsent;
        }
        return json.json().path(key).isNull() ? OptionalDouble.empty() : OptionalDouble.of(positive(key, 1));
    }

    /** A number above 0. */
    double positive(String key, double whenAbsent) {
        double value = json.number(key, whenAbsent);
        if (!(value > 0)) {
            throw json.refused(key, "must be greater than 0");
        }
        return value;
    }

    /** The model that the config describes. */
    DecoderShape shape(DecoderConfig config) {
        return new DecoderShape(json.architecture(), config);
    }

    int layerCount() {
        return json.positive("num_hidden_layers", Optional.empty());
    }

    /** Blocks that are alike. */
    List<Layer> alike(Attention.Heads heads, Rotation rotation) {
        new OtherModels(json).refuseUnlessEach(LAYER_TYPES, heads.window().isPresent() ? SLIDING : FULL);
        return Collections.nCopies(layerCount(), new Layer(heads, Optional.of(rotation)));
    }

    /** Blocks by their index. */
    List<Layer> layers(IntFunction<Layer> layer) {
        Map<Layer, Layer> different = new HashMap<>();
        return IntStream.range(0, layerCount())
                .mapToObj(index -> different.computeIfAbsent(layer.apply(index), made -> made))
                .toList();
    }

    /**
     * The windows of blocks by their index: of those that layer_types names, or where it is absent of others.
     *
     * @param window none of which refuses a block with one
     */
    IntFunction<OptionalInt> windows(OptionalInt window, IntPredicate whenAbsent) {
        boolean named = json.json().hasNonNull(LAYER_TYPES);
        IntPredicate sliding = named ? slidingLayers() : whenAbsent;
        if (window.isEmpty() && IntStream.range(0, layerCount()).anyMatch(sliding)) {
            throw named
                    ? json.refused(LAYER_TYPES, "must be " + FULL + " for every layer, where no window is in use")
                    : json.refused(WINDOW, "must be a number of tokens, for the layers that have a window");
        }
        return layer -> sliding.test(layer) ? window : OptionalInt.empty();
    }

    private IntPredicate slidingLayers() {
        JsonNode types = json.json().path(LAYER_TYPES);
        if (!types.isArray() || types.size() != layerCount()) {
            throw json.refused(LAYER_TYPES, "must be a list of one for each of " + layerCount() + " layers");
        }
        for (JsonNode type : types) {
            if (!type.asText().equals(SLIDING) && !type.asText().equals(FULL)) {
                throw json.refused(LAYER_TYPES, "must be " + FULL + " or " + SLIDING + " for every layer");
            }
        }
        return layer -> types.get(layer).asText().equals(SLIDING);
    }

    /** The windows of Qwen's models: in use when they are said to be, from a layer on unless layer_types says which. */
    IntFunction<OptionalInt> windowsInUse() {
        refuseNull("use_sliding_window", "max_window_layers");
        OptionalInt window =
                json.flag("use_sliding_window", false) ? window(OptionalInt.of(4096)) : OptionalInt.empty();
        int first = json.whole("max_window_layers", 0, Optional.of(28));
        return windows(window, layer -> window.isPresent() && layer >= first);
    }

    /** False where it is absent. */
    boolean flag(String key) {
        return json.flag(key, false);
    }

    boolean isTied(boolean whenAbsent) {
        return json.flag("tie_word_embeddings", whenAbsent);
    }

    /** The rotation that all blocks have. */
    Rotation rotation(Heads heads, int positions, double theta) {
        return new RotationReader(json, heads.width(), positions, OptionalInt.empty()).rotation(theta);
    }
}
