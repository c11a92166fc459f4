package org.loradash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleSupplier;
import org.loradash.kernel.Tensor;

/** Gradients by differences of a loss, which backward passes are held against. */
public final class Differences {
    /** Large enough that float32's rounding does not matter; the formula's own error is of the fourth order in it. */
    private static final float STEP = 1f / 32;

    private Differences() {}

    /**
     * The gradient of a loss with respect to every element of a tensor that the loss reads, by the five-point central
     * difference. The tensor's elements are changed meanwhile and put back.
     */
    public static double[] gradient(Tensor argument, DoubleSupplier loss) {
        float[] values = argument.toArray();
        double[] gradient = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double near = lossAt(argument, values, i, STEP, loss) - lossAt(argument, values, i, -STEP, loss);
            double far = lossAt(argument, values, i, 2 * STEP, loss) - lossAt(argument, values, i, -2 * STEP, loss);
            gradient[i] = (8 * near - far) / (12 * STEP);
        }
        argument.write(values, 0);
        return gradient;
    }

    private static double lossAt(Tensor argument, float[] values, int index, float step, DoubleSupplier loss) {
        float value = values[index];
        values[index] = value + step;
        argument.write(values, 0);
        values[index] = value;
        return loss.getAsDouble();
    }

    /** Every element within the tolerance times the largest expected magnitude. */
    public static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double largest = 1e-6;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .as("%s, element %d: %s, expected %s", what, i, actual[i], expected[i])
                    .isLessThanOrEqualTo(tolerance * largest);
        }
    }

    public static void assertClose(String what, Tensor actual, double[] expected, double tolerance) {
        assertClose(what, actual.toArray(), expected, tolerance);
    }

    public static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** Normal values of a seed. */
    public static Tensor normal(long seed, int rows, int columns, double deviation) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Tensor.of(rows, columns, values);
    }

    /** The sum of products of two tensors' elements. */
    public static double dot(Tensor x, Tensor y) {
        float[] ofX = x.toArray();
        float[] ofY = y.toArray();
        double sum = 0;
        for (int i = 0; i < ofX.length; i++) {
            sum += (double) ofX[i] * ofY[i];
        }
        return sum;
    }
}
