package org.loradash.model.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * The frozen weights.
 *
 * @param embedding vocabulary x hidden
 * @param norm 1 x hidden, what the norm before the output layer multiplies by
 * @param head vocabulary x hidden; the embedding itself where they are tied and unchanged
 */
public record DecoderWeights(Weight embedding, List<Layer> layers, Tensor norm, Weight head) {

    /**
     * A root mean square norm.
     *
     * @param module its name
     * @param gain what it multiplies by
     */
    public record Norm(String module, Tensor gain) {}

    /** One block: attention, then the gated feed-forward, with the norms that there are. */
    public record Layer(
            Optional<Norm> beforeAttention,
            Projection queryKeyValue,
            Optional<Norm> queries,
            Optional<Norm> keys,
            Projection output,
            Optional<Norm> afterAttention,
            Optional<Norm> beforeFeedForward,
            Projection gateUp,
            Projection down,
            Optional<Norm> afterFeedForward) {

        private long bytes() {
            long norms = Stream.of(beforeAttention, queries, keys, afterAttention, beforeFeedForward, afterFeedForward)
                    .flatMap(Optional::stream)
                    .mapToLong(norm -> norm.gain().size() * Float.BYTES)
                    .sum();
            return norms + queryKeyValue.bytes() + output.bytes() + gateUp.bytes() + down.bytes();
        }
    }

    /** Where weights come from. */
    public interface Source {
        /**
         * Matrices of linear layers, one above the other.
         *
         * @param rows of each
         * @param columns of all
         */
        Weight stacked(List<String> names, List<Integer> rows, int columns);

        /** A matrix outside blocks. */
        Weight outside(String name, int rows, int columns);

        /** Vectors one behind the other. */
        Tensor vector(List<String> names, int[] sizes);

        /** What a norm multiplies by: its weight, and a number that is added to it. */
        default Tensor gain(String weight, int size, float offset) {
            return vector(List.of(weight), new int[] {size});
        }

        /** The output layer of a model that has the embedding in its place. */
        default Weight tied(Weight embedding) {
            return embedding;
        }
    }

    /** Reads every weight, checking shapes against the config before anything is allocated. */
    public static DecoderWeights read(DecoderConfig config, WeightFiles files) {
        checkShapes(config, files);
        return of(config, new FromFiles(config, files));
    }

    private record FromFiles(DecoderConfig config, WeightFiles files) implements Source {
        @Override
        public Weight stacked(List<String> names, List<Integer> rows, int columns) {
            return files.stacked(names, rows, columns);
        }

        @Override
        public Weight outside(String name, int rows, int columns) {
            return files.outside(name, rows, columns);
        }

        @Override
        public Tensor vector(List<String> names, int[] sizes) {
            return files.vectors(names, sizes);
        }

        @Override
        public Tensor gain(String weight, int size, float offset) {
            Tensor stored = files.vector(weight, size);
            if (offset == 0) {
                return stored;
            }
            float[] gain = stored.toArray();
            for (int i = 0; i < size; i++) {
                gain[i] += offset;
            }
            return Tensor.of(1, size, gain);
        }

        @Override
        public Weight tied(Weight embedding) {
            String name = DecoderNames.HEAD + ".weight";
            return files.merge().changes(name)
                    ? files.changed(name, DecoderNames.EMBEDDING, config.vocabularySize(), config.hiddenSize())
                    : embedding;
        }
    }

    /** The shapes of all weights with no memory behind them. */
    public static DecoderWeights withoutMemory(DecoderConfig config, Storage storage) {
        return of(config, new WithoutMemory(storage));
    }

    private record WithoutMemory(Storage storage) implements Source {
        @Override
        public Weight stacked(List<String> names, List<Integer> rows, int columns) {
            return Weight.withoutMemory(rows, columns, storage);
        }

        @Override
        public Weight outside(String name, int rows, int columns) {
            return Weight.withoutMemory(rows, columns, storage.outsideBlocks());
        }

        @Override
        public Tensor vector(List<String> names, int[] sizes) {
            return Tensor.withoutMemory(1, IntStream.of(sizes).reduce(0, Math::addExact));
        }
    }

    /** The weights of a model, from anywhere. */
    public static DecoderWeights of(DecoderConfig config, Source source) {
        DecoderNames names = new DecoderNames(config);
        int hidden = config.hiddenSize();
        Weight embedding = source.outside(DecoderNames.EMBEDDING, config.vocabularySize(), hidden);
        List<Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers().size(); layer++) {
            layers.add(layer(config, names, layer, source));
        }
        Tensor norm = source.gain(
                DecoderNames.NORM + ".weight", hidden, config.norms().offset());
        Weight head = config.tiedEmbeddings()
                ? source.tied(embedding)
                : source.outside(names.head().weightName(), config.vocabularySize(), hidden);
        return new DecoderWeights(embedding, List.copyOf(layers), norm, head);
    }

    private static Layer layer(DecoderConfig config, DecoderNames names, int layer, Source source) {
        int hidden = config.hiddenSize();
        DecoderConfig.Biases biases = config.biases();
        return new Layer(
                norm(names.beforeAttention(layer), hidden, config, source),
                projection(names.queryKeyValue(layer), biases.queryKeyValue(), source),
                norm(names.queries(layer), names.queryNormSize(), config, source),
                norm(names.keys(layer), names.keyNormSize(), config, source),
                projection(List.of(names.output(layer)), biases.output(), source),
                norm(names.afterAttention(layer), hidden, config, source),
                norm(names.beforeFeedForward(layer), hidden, config, source),
                projection(names.gateUp(layer), biases.feedForward(), source),
                projection(List.of(names.down(layer)), biases.feedForward(), source),
                norm(names.afterFeedForward(layer), hidden, config, source));
    }

    private static Projection projection(List<Target> targets, boolean biased, Source source) {
        Weight weight = source.stacked(
                targets.stream().map(Target::weightName).toList(),
                targets.stream().map(Target::outputs).toList(),
                targets.get(0).inputs());
        if (!biased) {
            return new Projection(targets, weight);
        }
        Tensor bias = source.vector(
                targets.stream().map(Target::biasName).toList(),
                targets.stream().mapToInt(Target::outputs).toArray());
        return new Projection(targets, weight, Optional.of(bias));
    }

    private static Optional<Norm> norm(Optional<String> module, int size, DecoderConfig config, Source source) {
        return module.map(name -> new Norm(
                name, source.gain(name + ".weight", size, config.norms().offset())));
    }

    /** The memory of all weights. */
    public long bytes() {
        return embedding.bytes()
                + norm.size() * Float.BYTES
                + (head == embedding ? 0 : head.bytes())
                + layers.stream().mapToLong(Layer::bytes).sum();
    }

    /** Refuses files whose tensors are missing or have other shapes than the config says; reads no weights. */
    public static void checkShapes(DecoderConfig config, WeightFiles files) {
        DecoderNames names = new DecoderNames(config);
        int hidden = config.hiddenSize();
        files.check(DecoderNames.EMBEDDING, config.vocabularySize(), hidden);
        for (int layer = 0; layer < config.layers().size(); layer++) {
            names.norms(layer).forEach((name, size) -> files.check(name + ".weight", size));
            names.targets(layer).forEach(target -> files.check(target.weightName(), target.outputs(), target.inputs()));
            names.biased(layer).forEach(target -> files.check(target.biasName(), target.outputs()));
        }
        files.check(DecoderNames.NORM + ".weight", hidden);
        if (!config.tiedEmbeddings() || hasOwnHead(files)) {
            files.check(DecoderNames.HEAD + ".weight", config.vocabularySize(), hidden);
        }
        Set<String> computed = names.tensors();
        files.directory().names().stream()
                .filter(name -> !computed.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw InvalidInput.of(
                            files.directory().file(name).path() + ": tensor",
                            Message.oneLine(name),
                            "must be none that a model of this config.json does not compute");
                });
    }

    /** Whether files have an output layer, which then is the model's, whatever its config says. */
    static boolean hasOwnHead(WeightFiles files) {
        return files.directory().contains(DecoderNames.HEAD + ".weight");
    }
}
