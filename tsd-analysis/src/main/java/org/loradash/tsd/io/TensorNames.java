package org.loradash.tsd.io;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One name for each tensor of a model, however its file has it: that of transformers' model with a head
 * (AutoModelForSequenceClassification of an encoder), to which adapters and runs refer.
 *
 * <p>A file of an encoder without a head leaves out the prefix that the encoder has within the model with one: {@code
 * encoder.layer.0.output.dense.weight} of BertModel is {@code bert.encoder.layer.0.output.dense.weight}. And files that
 * came from TensorFlow call weight and bias of a norm gamma and beta. transformers itself undoes both when it loads a file.
 */
public final class TensorNames {
    /** What each model_type puts before the parts of the encoder, and which parts those are. */
    private static final Map<String, Encoder> ENCODERS = Map.of(
            "bert", new Encoder("bert.", "embeddings|encoder|pooler"),
            "roberta", new Encoder("roberta.", "embeddings|encoder|pooler"),
            "xlm-roberta", new Encoder("roberta.", "embeddings|encoder|pooler"),
            "deberta-v2", new Encoder("deberta.", "embeddings|encoder"),
            // Of a CLIP text encoder transformers 5 leaves the prefix out that published files have.
            "clip_text_model", new Encoder("text_model.", "embeddings|encoder|final_layer_norm"));

    private TensorNames() {}

    /**
     * From a name in a file to the one name.
     *
     * @param modelType as config.json has it; names of models that are no encoder stay as they are
     */
    public static UnaryOperator<String> of(String modelType) {
        Encoder encoder = ENCODERS.get(modelType);
        return encoder == null ? UnaryOperator.identity() : encoder::name;
    }

    private record Encoder(String prefix, Pattern bare) {
        private static final Pattern GAMMA = Pattern.compile("(?<=LayerNorm\\.)gamma$");
        private static final Pattern BETA = Pattern.compile("(?<=LayerNorm\\.)beta$");

        Encoder(String prefix, String parts) {
            this(prefix, Pattern.compile("(" + parts + ")\\..*", Pattern.DOTALL));
        }

        String name(String stored) {
            String whole = bare.matcher(stored).matches() ? prefix + stored : stored;
            return BETA.matcher(GAMMA.matcher(whole).replaceFirst("weight")).replaceFirst("bias");
        }
    }
}
