package org.loradash.spark.dl4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A batch as DL4J carries it: one example whose time steps are the T tokens lying end to end.
 *
 * <p>Features are 1 x 2 x T, the tokens and their positions within their sequences; labels are 1 x 1 x T, the targets.
 * All are float32, which holds integers below 2^24 exactly: more than any vocabulary or sequence has.
 */
final class BatchEncoding {
    static final int LIMIT = 1 << 24;

    private BatchEncoding() {}

    static DataSet encode(Batch batch) {
        int length = batch.tokens().length;
        float[] features = new float[2 * length];
        float[] targets = new float[length];
        for (int i = 0; i < length; i++) {
            features[i] = exact(batch.tokens()[i]);
            targets[i] = exact(batch.targets()[i]);
        }
        int[] starts = batch.starts();
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            for (int i = starts[sequence]; i < starts[sequence + 1]; i++) {
                features[length + i] = exact(i - starts[sequence]);
            }
        }
        return new DataSet(
                Nd4j.create(features, new long[] {1, 2, length}, 'c'),
                Nd4j.create(targets, new long[] {1, 1, length}, 'c'));
    }

    /** The batch that was encoded; no sequence of it is empty. */
    static Batch decode(INDArray features, INDArray labels) {
        int[] values = integers(features);
        int length = values.length / 2;
        int[] starts = IntStream.rangeClosed(0, length)
                .filter(i -> i == length || values[length + i] == 0)
                .toArray();
        return new Batch(Arrays.copyOf(values, length), integers(labels), starts);
    }

    private static int[] integers(INDArray array) {
        float[] values = Tensor.over(array, 1, Math.toIntExact(array.length())).toArray();
        int[] integers = new int[values.length];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = (int) values[i];
        }
        return integers;
    }

    private static float exact(int value) {
        if (value >= LIMIT) {
            throw new IllegalArgumentException("token: " + value + " (must be below " + LIMIT + ")");
        }
        return value;
    }
}
