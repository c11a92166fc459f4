package org.loradash.model.encoder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.loradash.config.Labels;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.Backbone;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.model.WholeTensor;
import org.loradash.tsd.InvalidInput;

/**
 * An encoder of a shape: blocks of attention and feed-forward behind embeddings, and a head on each text's first token.
 *
 * @param outputs names of what the head says: classes, or one number
 */
public record EncoderShape(String architecture, EncoderConfig config, List<String> outputs) implements Shape {
    private static final String HEAD = "ForSequenceClassification";

    public EncoderShape {
        outputs = List.copyOf(outputs);
    }

    /**
     * A model's shape as an encoder's.
     *
     * @throws InvalidInput where it is another kind of model
     */
    public static EncoderShape of(Shape shape) {
        if (shape instanceof EncoderShape encoder) {
            return encoder;
        }
        throw InvalidInput.of(
                "model.path",
                "architecture " + shape.architecture(),
                "must be an encoder, which says something of a whole text");
    }

    /** The same model with a head of those outputs. */
    public EncoderShape withOutputs(List<String> names) {
        return new EncoderShape(architecture, config, names);
    }

    @Override
    public Shape like(Map<String, long[]> whole) {
        long[] classifier = whole.get(config.names().classifier() + ".weight");
        boolean other = classifier != null
                && classifier.length == 2
                && classifier[0] != outputs.size()
                && classifier[0] > 0
                && classifier[0] <= EncoderConfigReader.MOST_LABELS;
        return other ? withOutputs(Labels.unnamed((int) classifier[0])) : this;
    }

    @Override
    public ObjectNode described(ObjectNode original) {
        ObjectNode config = original.deepCopy();
        config.putArray("architectures").add(config().names().family() + HEAD);
        ObjectNode names = config.putObject("id2label");
        ObjectNode numbers = config.putObject("label2id");
        for (int i = 0; i < outputs.size(); i++) {
            names.put(String.valueOf(i), outputs.get(i));
            numbers.put(outputs.get(i), i);
        }
        return config.put("problem_type", outputs.size() == 1 ? "regression" : "single_label_classification");
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            targets.addAll(EncoderWeights.targets(config, layer));
        }
        return targets;
    }

    @Override
    public List<WholeModule> modules() {
        List<WholeModule> modules = new ArrayList<>();
        EncoderNames names = config.names();
        modules.add(norm(names.embeddingNorm()));
        for (int layer = 0; layer < config.layers(); layer++) {
            modules.add(norm(names.attentionNorm(layer)));
            modules.add(norm(names.outputNorm(layer)));
        }
        List<WholeTensor> pooler = linear(names.pooler(), config.hiddenSize());
        List<WholeTensor> classifier = linear(names.classifier(), outputs.size());
        if (names.classifier().startsWith(names.poolerModule() + ".")) {
            modules.add(new WholeModule(names.poolerModule(), head()));
        } else {
            modules.add(new WholeModule(names.poolerModule(), pooler));
            modules.add(new WholeModule(names.classifier(), classifier));
        }
        return modules;
    }

    /** The tensors of the head. */
    List<WholeTensor> head() {
        List<WholeTensor> all = new ArrayList<>(linear(config.names().pooler(), config.hiddenSize()));
        all.addAll(linear(config.names().classifier(), outputs.size()));
        return all;
    }

    private WholeModule norm(String name) {
        return new WholeModule(
                name,
                List.of(
                        new WholeTensor(name + ".weight", List.of(config.hiddenSize())),
                        new WholeTensor(name + ".bias", List.of(config.hiddenSize()))));
    }

    private List<WholeTensor> linear(String name, int outputs) {
        return List.of(
                new WholeTensor(name + ".weight", List.of(outputs, config.hiddenSize())),
                new WholeTensor(name + ".bias", List.of(outputs)));
    }

    @Override
    public List<WholeTensor> missing(WeightFiles files) {
        return head().stream()
                .filter(tensor -> !files.has(tensor.name(), tensor.shape()))
                .toList();
    }

    /**
     * A head that the files do not have, or have with other outputs, begins as transformers begins it: weights from a normal
     * distribution, biases at zero.
     */
    @Override
    public float[] start(WholeTensor tensor, WeightFiles files, RandomGenerator random) {
        if (files.has(tensor.name(), tensor.shape())) {
            return files.floats(tensor.name(), tensor.shape());
        }
        float[] values = new float[tensor.elements()];
        for (int i = 0; i < values.length && !tensor.isVector(); i++) {
            values[i] = (float) (random.nextGaussian() * config.initialRange());
        }
        return values;
    }

    @Override
    public void check(WeightFiles files) {
        EncoderWeights.check(this, files);
    }

    @Override
    public Backbone load(WeightFiles files) {
        check(files);
        return new Encoder(config, EncoderWeights.read(this, files));
    }

    @Override
    public Backbone withoutMemory(Storage storage) {
        return new Encoder(config, EncoderWeights.withoutMemory(this, storage));
    }
}
