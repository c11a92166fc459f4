package org.loradash.benchmark.engine;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.loradash.autograd.Attention;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderConfig;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.model.decoder.DecoderWeights;
import org.loradash.model.decoder.RotaryScaling;
import org.loradash.model.decoder.Rotation;
import org.loradash.tsd.InvalidInput;

/**
 * The shape of a LLaMA whose weights are random numbers, written straight into the memory that holds them.
 *
 * @param inner width of the feed-forward layers
 */
public record RandomLlama(int hidden, int layers, int heads, int inner, int vocabulary) {
    private static final int ELEMENTS_AT_ONCE = 1 << 20;
    private static final float DEVIATION = 0.02f;

    public RandomLlama {
        for (int size : new int[] {hidden, layers, heads, inner, vocabulary}) {
            if (size < 1) {
                throw InvalidInput.of("the model's shape", size, "every size must be at least 1");
            }
        }
        if (hidden % (2 * heads) != 0) {
            throw InvalidInput.of("--heads", heads, "must divide half of --hidden, " + hidden / 2);
        }
    }

    /** LLaMA-7B's (arXiv 2302.13971). */
    public static RandomLlama sevenBillion() {
        return new RandomLlama(4096, 32, 32, 11008, 32000);
    }

    /** How many weights, norms left aside. */
    public long parameters() {
        return 2L * vocabulary * hidden + layers * (4L * hidden * hidden + 3L * hidden * inner);
    }

    /** What its weights take. */
    public long bytes(Storage storage) {
        return shape().withoutMemory(storage).bytes();
    }

    private DecoderShape shape() {
        return new DecoderShape("LlamaForCausalLM", config());
    }

    private DecoderConfig config() {
        Attention.Heads plain = Attention.Heads.plain(heads, heads, hidden / heads);
        Rotation rotation = new Rotation(10000, hidden / heads, new RotaryScaling.None());
        return new DecoderConfig(
                new DecoderConfig.Sizes(vocabulary, hidden, inner, 2048),
                hidden / heads,
                Collections.nCopies(layers, new DecoderConfig.Layer(plain, Optional.of(rotation))),
                DecoderConfig.Norms.before(1e-6f),
                DecoderConfig.Biases.NONE,
                DecoderConfig.Projections.SEPARATE,
                Activation.SILU,
                DecoderConfig.Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                false);
    }

    /** The model; its embeddings and its output layer are two matrices. */
    public Decoder make(Storage storage) {
        return new Decoder(shape(), DecoderWeights.of(config(), new RandomWeights(storage)));
    }

    private record RandomWeights(Storage storage) implements DecoderWeights.Source {
        @Override
        public Weight stacked(List<String> names, List<Integer> rows, int columns) {
            return random(rows, columns, storage);
        }

        @Override
        public Weight outside(String name, int rows, int columns) {
            return random(List.of(rows), columns, storage.outsideBlocks());
        }

        @Override
        public Tensor vector(List<String> names, int[] sizes) {
            return ones(IntStream.of(sizes).sum());
        }
    }

    private static Tensor ones(int size) {
        Tensor ones = Tensor.zeros(1, size);
        ones.fill(1);
        return ones;
    }

    /** Uniform numbers of LLaMA's usual deviation at the start, a part at a time on all cores. */
    private static Weight random(List<Integer> rows, int columns, Storage storage) {
        Weight weight = Weight.allocate(rows, columns, storage);
        weight.parts().forEach(RandomLlama::fill);
        return weight;
    }

    private static void fill(Weight weight) {
        float bound = (float) (DEVIATION * Math.sqrt(3));
        int most = Math.max(1, ELEMENTS_AT_ONCE / weight.unit()) * weight.unit();
        long parts = (weight.size() + most - 1) / most;
        LongStream.range(0, parts).parallel().forEach(part -> {
            SplittableRandom random = new SplittableRandom(weight.rows() * 31L + weight.columns() + (part << 32));
            long from = part * most;
            float[] values = new float[(int) Math.min(most, weight.size() - from)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (2 * random.nextFloat() - 1) * bound;
            }
            weight.write(from, values, values.length);
        });
    }
}
