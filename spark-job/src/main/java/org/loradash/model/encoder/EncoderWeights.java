package org.loradash.model.encoder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeTensor;

/**
 * The frozen weights.
 *
 * @param words vocabulary x hidden
 * @param positions rows x hidden, where there are some
 * @param types rows x hidden, where there are some
 * @param distances where attention is relative
 * @param head tensors by their names: those of the head that the files have
 */
record EncoderWeights(
        Weight words,
        Optional<Weight> positions,
        Optional<Weight> types,
        Norm norm,
        Optional<Distances> distances,
        List<Layer> layers,
        Map<String, Tensor> head) {

    /** Weight and bias, 1 x hidden each. */
    record Norm(Tensor weight, Tensor bias) {}

    /**
     * What stands for distances between tokens.
     *
     * @param embedding 2 span x hidden
     * @param norm of its rows, where they are normed
     */
    record Distances(Weight embedding, Optional<Norm> norm) {}

    /**
     * One block.
     *
     * @param ofDistances what makes queries, then keys, of distances, where attention is relative
     */
    record Layer(
            Projection queryKeyValue,
            Optional<Projection> ofDistances,
            Projection attentionOutput,
            Norm attentionNorm,
            Projection intermediate,
            Projection output,
            Norm outputNorm) {
        private long bytes() {
            // Two layers that are shared lie on the memory of three.
            boolean shared = ofDistances
                    .filter(two -> queryKeyValue.targets().subList(0, 2).equals(two.targets()))
                    .isPresent();
            return queryKeyValue.bytes()
                    + (shared ? 0 : ofDistances.map(Projection::bytes).orElse(0L))
                    + attentionOutput.bytes()
                    + intermediate.bytes()
                    + output.bytes()
                    + 4 * attentionNorm.weight().size() * Float.BYTES;
        }
    }

    /** What weights are made of: files, or nothing. */
    private interface Source {
        /** Of linear layers. */
        Weight stacked(List<String> names, List<Integer> rows, int columns);

        /** Of what is none. */
        Weight outside(String name, int rows, int columns);

        Tensor vectors(List<String> names, int[] sizes);

        Optional<Tensor> head(WholeTensor tensor);
    }

    private record OfFiles(WeightFiles files) implements Source {
        @Override
        public Weight stacked(List<String> names, List<Integer> rows, int columns) {
            return files.stacked(names, rows, columns);
        }

        @Override
        public Weight outside(String name, int rows, int columns) {
            return files.outside(name, rows, columns);
        }

        @Override
        public Tensor vectors(List<String> names, int[] sizes) {
            return files.vectors(names, sizes);
        }

        @Override
        public Optional<Tensor> head(WholeTensor tensor) {
            return files.has(tensor.name(), tensor.shape()) || files.merge().changes(tensor.name())
                    ? Optional.of(files.whole(tensor))
                    : Optional.empty();
        }
    }

    /** @param told of each tensor that there must be, with its shape */
    private record WithoutMemory(Storage storage, BiConsumer<String, int[]> told) implements Source {
        @Override
        public Weight stacked(List<String> names, List<Integer> rows, int columns) {
            for (int i = 0; i < rows.size(); i++) {
                told.accept(names.get(i), new int[] {rows.get(i), columns});
            }
            return Weight.withoutMemory(rows, columns, storage);
        }

        @Override
        public Weight outside(String name, int rows, int columns) {
            told.accept(name, new int[] {rows, columns});
            return Weight.withoutMemory(rows, columns, storage.outsideBlocks());
        }

        @Override
        public Tensor vectors(List<String> names, int[] sizes) {
            for (int i = 0; i < sizes.length; i++) {
                told.accept(names.get(i), new int[] {sizes[i]});
            }
            return Tensor.withoutMemory(1, IntStream.of(sizes).sum());
        }

        @Override
        public Optional<Tensor> head(WholeTensor tensor) {
            return Optional.of(Tensor.withoutMemory(tensor.rows(), tensor.columns()));
        }
    }

    /** Reads every weight. */
    static EncoderWeights read(EncoderShape shape, WeightFiles files) {
        return of(shape, new OfFiles(files));
    }

    /** The shapes of all weights with no memory behind them. */
    static EncoderWeights withoutMemory(EncoderShape shape, Storage storage) {
        return of(shape, new WithoutMemory(storage, (name, size) -> {}));
    }

    private static EncoderWeights of(EncoderShape shape, Source source) {
        EncoderConfig config = shape.config();
        EncoderNames names = config.names();
        Map<String, Tensor> head = new LinkedHashMap<>();
        shape.head().forEach(tensor -> source.head(tensor).ifPresent(found -> head.put(tensor.name(), found)));
        return new EncoderWeights(
                matrix(names.words(), config.vocabularySize(), config, source),
                embedding(names.positions(), config.positions(), config, source),
                embedding(names.types(), config.types(), config, source),
                norm(names.embeddingNorm(), config, source),
                config.relative().map(relative -> distances(relative, config, source)),
                IntStream.range(0, config.layers())
                        .mapToObj(layer -> layer(config, layer, source))
                        .toList(),
                head);
    }

    private static Weight matrix(String name, int rows, EncoderConfig config, Source source) {
        return source.outside(name, rows, config.hiddenSize());
    }

    private static Optional<Weight> embedding(String name, int rows, EncoderConfig config, Source source) {
        return rows == 0 ? Optional.empty() : Optional.of(matrix(name, rows, config, source));
    }

    private static Distances distances(EncoderConfig.Relative relative, EncoderConfig config, Source source) {
        EncoderNames names = config.names();
        return new Distances(
                matrix(names.distances(), 2 * relative.positions().span(), config, source),
                relative.normed() ? Optional.of(norm(names.distanceNorm(), config, source)) : Optional.empty());
    }

    private static Norm norm(String name, EncoderConfig config, Source source) {
        int[] size = {config.hiddenSize()};
        return new Norm(source.vectors(List.of(name + ".weight"), size), source.vectors(List.of(name + ".bias"), size));
    }

    private static Layer layer(EncoderConfig config, int layer, Source source) {
        List<Target> targets = targets(config, layer);
        int rest = targets.size() - 3;
        Projection queryKeyValue = projection(targets.subList(0, 3), source);
        return new Layer(
                queryKeyValue,
                config.relative().map(relative -> {
                    if (!relative.shared()) {
                        return projection(targets.subList(3, rest), source);
                    }
                    return relative.keys() && relative.queries()
                            ? queryKeyValue.first(2)
                            : projection(
                                    targets.subList(relative.queries() ? 0 : 1, relative.queries() ? 1 : 2), source);
                }),
                projection(targets.subList(rest, rest + 1), source),
                norm(config.names().attentionNorm(layer), config, source),
                projection(targets.subList(rest + 1, rest + 2), source),
                projection(targets.subList(rest + 2, rest + 3), source),
                norm(config.names().outputNorm(layer), config, source));
    }

    private static Projection projection(List<Target> targets, Source source) {
        Weight weight = source.stacked(
                targets.stream().map(Target::weightName).toList(),
                targets.stream().map(Target::outputs).toList(),
                targets.get(0).inputs());
        Tensor bias = source.vectors(
                targets.stream().map(Target::biasName).toList(),
                targets.stream().mapToInt(Target::outputs).toArray());
        return new Projection(targets, weight, Optional.of(bias));
    }

    /** The memory of all weights. */
    long bytes() {
        long bytes = words.bytes()
                + positions.map(Weight::bytes).orElse(0L)
                + types.map(Weight::bytes).orElse(0L)
                + 2 * norm.weight().size() * Float.BYTES
                + distances.map(found -> found.embedding().bytes()).orElse(0L);
        for (Layer layer : layers) {
            bytes += layer.bytes();
        }
        for (Tensor tensor : head.values()) {
            bytes += tensor.size() * Float.BYTES;
        }
        return bytes;
    }

    /**
     * A block's layers that can be adapted: those of queries, keys and values, where there are some those of distances, and the
     * rest.
     */
    static List<Target> targets(EncoderConfig config, int layer) {
        int hidden = config.hiddenSize();
        EncoderNames names = config.names();
        List<Target> targets = new ArrayList<>();
        for (String part : List.of(names.query(), names.key(), names.value())) {
            targets.add(new Target(names.attention(layer, part), layer, hidden, hidden));
        }
        config.relative().filter(relative -> !relative.shared()).ifPresent(relative -> {
            if (relative.queries()) {
                targets.add(new Target(names.attention(layer, "pos_query_proj"), layer, hidden, hidden));
            }
            if (relative.keys()) {
                targets.add(new Target(names.attention(layer, "pos_key_proj"), layer, hidden, hidden));
            }
        });
        targets.add(new Target(names.layer(layer, "attention.output.dense"), layer, hidden, hidden));
        targets.add(new Target(names.layer(layer, "intermediate.dense"), layer, config.intermediateSize(), hidden));
        targets.add(new Target(names.layer(layer, "output.dense"), layer, hidden, config.intermediateSize()));
        return targets;
    }

    /**
     * Refuses files whose tensors are missing, of other shapes than the config says, or of more than is computed.
     *
     * @throws org.loradash.tsd.InvalidInput for the first one
     */
    static void check(EncoderShape shape, WeightFiles files) {
        Set<String> computed = new HashSet<>();
        // The first that is missing ends it, however many blocks the config claims.
        of(shape, new WithoutMemory(Storage.FLOAT32, (name, size) -> {
            files.check(name, size);
            computed.add(name);
        }));
        OtherTensors.refuse(shape.config().names(), computed, files);
    }
}
