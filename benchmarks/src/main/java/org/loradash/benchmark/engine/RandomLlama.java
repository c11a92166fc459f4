package org.loradash.benchmark.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderConfig;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.model.decoder.DecoderWeights;
import org.loradash.model.decoder.DecoderWeights.Layer;
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
        return new DecoderShape(config()).withoutMemory(storage).bytes();
    }

    private DecoderConfig config() {
        return new DecoderConfig(
                vocabulary,
                hidden,
                inner,
                layers,
                heads,
                heads,
                hidden / heads,
                1e-6f,
                10000,
                Optional.empty(),
                2048,
                false);
    }

    /** The model; its embeddings and its output layer are two matrices. */
    public Decoder make(Storage storage) {
        DecoderConfig config = config();
        List<Target> targets = DecoderWeights.targets(config);
        int kinds = targets.size() / layers;
        List<Layer> made = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            List<Target> of = targets.subList(i * kinds, (i + 1) * kinds);
            made.add(new Layer(
                    ones(hidden),
                    projection(of.subList(0, 3), storage),
                    projection(of.subList(3, 4), storage),
                    ones(hidden),
                    projection(of.subList(4, 6), storage),
                    projection(of.subList(6, 7), storage)));
        }
        Weight embedding = random(List.of(vocabulary), hidden, storage.outsideBlocks());
        Weight head = random(List.of(vocabulary), hidden, storage.outsideBlocks());
        return new Decoder(config, new DecoderWeights(embedding, made, ones(hidden), head));
    }

    /** Layers that share their input, as one. */
    private static Projection projection(List<Target> targets, Storage storage) {
        List<Integer> outputs = targets.stream().map(Target::outputs).toList();
        return new Projection(targets, random(outputs, targets.get(0).inputs(), storage));
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
