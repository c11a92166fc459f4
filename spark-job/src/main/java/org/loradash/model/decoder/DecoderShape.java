package org.loradash.model.decoder;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.Backbone;
import org.loradash.model.ConfigJson;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.tsd.InvalidInput;

/** A decoder of a shape: blocks of attention and gated feed-forward between an embedding and an output layer. */
public record DecoderShape(String architecture, DecoderConfig config) implements Shape {
    /**
     * A model's shape as a decoder's.
     *
     * @throws InvalidInput where it is another kind of model
     */
    public static DecoderShape of(Shape shape) {
        if (shape instanceof DecoderShape decoder) {
            return decoder;
        }
        throw InvalidInput.of(
                "model.path", "architecture " + shape.architecture(), "must be a decoder, which continues texts");
    }

    /** The shape of a directory's model as a decoder's. */
    public static DecoderShape of(ModelDirectory directory) {
        return of(directory.shape());
    }

    /** How many tokens it knows. */
    public int vocabularySize() {
        return config.vocabularySize();
    }

    /** The longest sequence that the model was made for, in tokens; any where its angles stretch with the sequence. */
    public int maximumPositions() {
        boolean stretches = config.layers().stream()
                .flatMap(layer -> layer.rotation().stream())
                .anyMatch(rotation -> rotation.scaling() instanceof RotaryScaling.Dynamic);
        return stretches ? ConfigJson.LARGEST : config.maximumPositions();
    }

    /** Whether batches whose longest sequences have these lengths turn queries and keys by the same angles. */
    public boolean turnsAlike(int longest, int other) {
        return config.layers().stream()
                .flatMap(layer -> layer.rotation().stream())
                .map(Rotation::scaling)
                .allMatch(scaling -> scaling.regime(longest) == scaling.regime(other));
    }

    @Override
    public List<Target> targets() {
        return names().targets();
    }

    private DecoderNames names() {
        return new DecoderNames(config);
    }

    /** Those that the LoRA-Dash article adapts for commonsense reasoning, or the fused layers that hold them. */
    @Override
    public List<String> usualTargets() {
        return config.projections() == DecoderConfig.Projections.FUSED
                ? List.of("qkv_proj", "gate_up_proj", "down_proj")
                : List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj");
    }

    @Override
    public List<Target> linears() {
        List<Target> all = new ArrayList<>(targets());
        all.add(names().head());
        return all;
    }

    @Override
    public List<WholeModule> modules() {
        List<WholeModule> modules = new ArrayList<>();
        for (int layer = 0; layer < config.layers().size(); layer++) {
            names().norms(layer).forEach((name, size) -> modules.add(WholeModule.ofWeight(name, size)));
        }
        modules.add(WholeModule.ofWeight(DecoderNames.NORM, config.hiddenSize()));
        modules.add(WholeModule.ofWeight(DecoderNames.HEAD, config.vocabularySize(), config.hiddenSize()));
        return modules;
    }

    /** A head that is the embedding is one of its own from its first change on, as in PEFT. */
    @Override
    public String source(String tensor) {
        boolean tied = config.tiedEmbeddings() && tensor.equals(DecoderNames.HEAD + ".weight");
        return tied ? DecoderNames.EMBEDDING : tensor;
    }

    /** With the output layer that the files have, as in transformers 5, though the config says that it is the embedding. */
    @Override
    public Shape asIn(WeightFiles files) {
        return config.tiedEmbeddings() && DecoderWeights.hasOwnHead(files)
                ? new DecoderShape(architecture, config.untied())
                : this;
    }

    @Override
    public void check(WeightFiles files) {
        DecoderWeights.checkShapes(config, files);
    }

    @Override
    public Backbone load(WeightFiles files) {
        return new Decoder(this, DecoderWeights.read(config, files));
    }

    @Override
    public Backbone withoutMemory(Storage storage) {
        return new Decoder(this, DecoderWeights.withoutMemory(config, storage));
    }
}
