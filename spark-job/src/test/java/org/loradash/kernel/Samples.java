package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Random tensors, and how close two results must be. */
final class Samples {
    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    /** Standard normal values. */
    Tensor normal(int rows, int columns) {
        return normal(rows, columns, 1);
    }

    Tensor normal(int rows, int columns, double deviation) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Tensor.of(rows, columns, values);
    }

    int[] indices(int count, int limit) {
        return random.ints(count, 0, limit).toArray();
    }

    static Tensor copyOf(Tensor x) {
        return Tensor.of(x.rows(), x.columns(), x.toArray());
    }

    static double[] doubles(Tensor x) {
        float[] values = x.toArray();
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** Every element within the tolerance times the largest expected magnitude. */
    static void assertClose(Tensor actual, double[] expected, double tolerance) {
        assertClose(actual, expected, tolerance, 1e-30);
    }

    /** The same, of elements that are sums of others as large as a magnitude, which may cancel out. */
    static void assertClose(Tensor actual, double[] expected, double tolerance, double magnitude) {
        double[] values = doubles(actual);
        assertThat(values).hasSameSizeAs(expected);
        double largest = magnitude;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < values.length; i++) {
            double difference = Math.abs(values[i] - expected[i]);
            assertThat(difference <= tolerance * largest)
                    .as("element %d of %s: %s, expected %s", i, actual, values[i], expected[i])
                    .isTrue();
        }
    }

    static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        assertClose(actual, doubles(expected), tolerance);
    }

    static void assertFinite(Tensor actual) {
        for (double value : doubles(actual)) {
            assertThat(value).as("in %s", actual).isFinite();
        }
    }
}
