package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.ConfigJson;

/**
 * What the config.json of a CLIP text encoder says.
 *
 * @param vocabularySize how many tokens it knows
 * @param width of its states
 * @param inner width between the two layers of a block's feed-forward
 * @param positions the most tokens of a text
 * @param projected width of the state of the whole text, where there is one
 * @param endOfText the token whose state is the whole text's; where absent, the one with the largest number, as configs of
 *     the first models mean it
 */
record TextEncoderConfig(
        int vocabularySize,
        int width,
        int inner,
        int layers,
        int heads,
        int positions,
        Activation activation,
        float normEpsilon,
        OptionalInt projected,
        OptionalInt endOfText) {

    /** What is made of a whole text. */
    enum Pooling {
        NONE,
        PROJECTED
    }

    /** What eos_token_id says in configs that have it wrong. */
    private static final int WRONG_END = 2;

    /** @throws org.loradash.tsd.InvalidInput for what is not allowed, and by name for what is not computed */
    static TextEncoderConfig of(ConfigJson json, Pooling pooling) {
        json.refuseUnlessWithout(List.of("auto_map", "quantization_config"));
        String type = json.word("model_type", "clip_text_model");
        if (!type.equals("clip_text_model")) {
            throw json.refused("model_type", "must be clip_text_model");
        }
        int width = json.positive("hidden_size", Optional.of(512));
        int heads = json.positive("num_attention_heads", Optional.of(8));
        if (width % heads != 0) {
            throw json.refused("num_attention_heads", "must divide hidden_size, " + width);
        }
        int vocabulary = json.positive("vocab_size", Optional.of(49408));
        int end = json.whole("eos_token_id", 0, Optional.of(49407));
        return new TextEncoderConfig(
                vocabulary,
                width,
                json.positive("intermediate_size", Optional.of(2048)),
                json.positive("num_hidden_layers", Optional.of(12)),
                heads,
                json.positive("max_position_embeddings", Optional.of(77)),
                activation(json),
                json.normEpsilon("layer_norm_eps", 1e-5),
                pooling == Pooling.NONE
                        ? OptionalInt.empty()
                        : OptionalInt.of(json.positive("projection_dim", Optional.of(512))),
                end == WRONG_END ? OptionalInt.empty() : OptionalInt.of(end));
    }

    private static Activation activation(ConfigJson json) {
        return switch (json.word("hidden_act", "quick_gelu")) {
            case "quick_gelu" -> Activation.GELU_QUICK;
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "silu", "swish" -> Activation.SILU;
            default -> throw json.refused("hidden_act", "must be quick_gelu, gelu, gelu_new or silu");
        };
    }

    /** What the weights take in memory: of an encoder without a pooled state the last block is not needed. */
    long bytes() {
        long inside = 4L * width * width + 2L * width * inner;
        long biases = 9L * width + inner;
        long pooler = projected.isPresent() ? width * (2L + projected.getAsInt()) : 0;
        long blocks = layers - (projected.isPresent() ? 0 : 1);
        return Float.BYTES * (((long) vocabularySize + positions) * width + blocks * (inside + biases) + pooler);
    }

    /** Where the token lies whose state is the whole text's. */
    int end(int[] tokens) {
        int at = 0;
        for (int i = 0; i < tokens.length; i++) {
            if (endOfText.isPresent() && tokens[i] == endOfText.getAsInt()) {
                return i;
            }
            if (endOfText.isEmpty() && tokens[i] > tokens[at]) {
                at = i;
            }
        }
        return at;
    }
}
