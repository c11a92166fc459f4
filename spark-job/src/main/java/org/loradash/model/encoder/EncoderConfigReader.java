package org.loradash.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.loradash.config.Labels;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;

/** What the configs of all encoders say in one way. */
record EncoderConfigReader(ConfigJson json) {
    /** The most outputs of a head. */
    static final int MOST_LABELS = 1 << 16;

    EncoderConfigReader(JsonNode config, String where) {
        this(new ConfigJson(config, where));
    }

    /**
     * Where a text's tokens stand.
     *
     * @param embedded whether places have an embedding
     * @param first row of a text's first token
     */
    record Positions(boolean embedded, int first) {}

    /** Whether a config is of a family: by its model type, or where it says none by its architecture's name. */
    static boolean isOf(JsonNode config, String modelType, String family) {
        JsonNode type = config.path("model_type");
        return type.isTextual()
                ? type.textValue().equals(modelType)
                : config.path("architectures").path(0).asText().matches(family + "(Model|For[A-Za-z]+)");
    }

    /** What turns an encoder into a decoder, and what is in no family computed. */
    void refuseOthers() {
        json.refuseUnlessWithout(
                List.of("is_decoder", "add_cross_attention", "is_encoder_decoder", "auto_map", "quantization_config"));
        if (!json.word("position_embedding_type", "absolute").equals("absolute")) {
            throw json.refused("position_embedding_type", "only absolute is supported");
        }
        int hidden = json.positive("hidden_size", Optional.empty());
        for (String key : List.of("embedding_size", "pooler_hidden_size")) {
            if (json.positive(key, Optional.of(hidden)) != hidden) {
                throw json.refused(key, "must be hidden_size, " + hidden + ": another one is not computed");
            }
        }
        if (json.word("problem_type", "").equals("multi_label_classification")) {
            throw json.refused("problem_type", "must be single_label_classification or regression");
        }
    }

    /**
     * The model that the config describes, with the head that it has.
     *
     * @param types rows of the token type embedding, 0 for none
     * @param epsilon of norms, where the config does not say it
     */
    EncoderShape shape(
            EncoderNames names,
            Positions positions,
            int types,
            double epsilon,
            Optional<EncoderConfig.Relative> relative,
            Activation pooler) {
        int hidden = json.positive("hidden_size", Optional.empty());
        int heads = json.positive("num_attention_heads", Optional.empty());
        if (hidden % heads != 0) {
            throw InvalidInput.of(json.where() + ": num_attention_heads", heads, "must divide hidden_size, " + hidden);
        }
        Optional<List<String>> labels = labels();
        double range = json.number("initializer_range", 0.02);
        if (!(range >= 0 && range < 1)) {
            throw json.refused("initializer_range", "must be from 0 to below 1");
        }
        int longest = json.positive("max_position_embeddings", Optional.of(512));
        if (positions.embedded() && longest <= positions.first()) {
            throw json.refused("max_position_embeddings", "must be above %d".formatted(positions.first()));
        }
        EncoderConfig config = new EncoderConfig(
                names,
                json.positive("vocab_size", Optional.empty()),
                hidden,
                json.positive("intermediate_size", Optional.empty()),
                json.positive("num_hidden_layers", Optional.empty()),
                heads,
                activation("hidden_act", "gelu"),
                json.normEpsilon("layer_norm_eps", epsilon),
                positions.embedded() ? longest : 0,
                positions.first(),
                longest - positions.first(),
                types,
                relative,
                pooler,
                range,
                labels);
        return new EncoderShape(json.architecture(), config, labels.orElseGet(() -> Labels.unnamed(2)));
    }

    /** An activation by the name that transformers gives it. */
    Activation activation(String key, String whenAbsent) {
        return switch (json.word(key, whenAbsent)) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            default -> throw json.refused(key, "must be gelu, gelu_new, relu, silu or tanh");
        };
    }

    /** The names of a head's outputs, in the order of their numbers; transformers leaves out those of two. */
    private Optional<List<String>> labels() {
        JsonNode named = json.json().path("id2label");
        boolean hasHead = json.json().path("architectures").path(0).asText().endsWith("ForSequenceClassification");
        if (!hasHead) {
            return Optional.empty();
        }
        int count = named.isObject() && !named.isEmpty() ? named.size() : json.positive("num_labels", Optional.of(2));
        if (count > MOST_LABELS) {
            throw json.refused("num_labels", "must be at most " + MOST_LABELS);
        }
        if (!named.isObject() || named.isEmpty()) {
            return Optional.of(Labels.unnamed(count));
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode name = named.path(String.valueOf(i));
            if (!name.isTextual()) {
                throw json.refused("id2label", "must have a name for each number from 0 to " + (count - 1));
            }
            names.add(name.textValue());
        }
        return Optional.of(names);
    }
}
