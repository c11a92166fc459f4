package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.GroupNorm.Then;

/** Normalisation of groups of channels, row by row: once for means, once for variances, once to write. */
public final class FusedGroupNorm {
    private static final int ROW = 0;
    private static final int MEANS = 1;
    private static final int FACTORS = 2;
    private static final int BIASES = 3;
    private static final int SHARES = 4;

    private FusedGroupNorm() {}

    public static void forward(GroupNorm.Forward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        int width = d / of.groups();
        float[] row = scratch.floats(ROW, padded(d));
        float[] means = scratch.floats(MEANS, padded(d));
        float[] factors = scratch.floats(FACTORS, padded(d));
        float[] biases = scratch.floats(BIASES, padded(d));
        double elements = (double) x.rows() * width;
        double[] sums = sums(of, row);
        for (int i = 0; i < d; i++) {
            means[i] = (float) (sums[i / width] / elements);
        }
        double[] squares = squares(of, row, means);
        of.weight().floats().get(0, factors, 0, d);
        of.bias().floats().get(0, biases, 0, d);
        for (int i = 0; i < d; i++) {
            factors[i] *= (float) (1 / Math.sqrt(squares[i / width] / elements + of.epsilon()));
        }
        float[] shares = scratch.floats(SHARES, padded(d));
        FloatBuffer xs = x.floats();
        FloatBuffer outs = of.out().floats();
        for (int i = 0; i < x.rows(); i++) {
            xs.get(i * x.stride(), row, 0, d);
            for (int j = 0; j < d; j += COUNT) {
                FloatVector.fromArray(FLOATS, row, j)
                        .sub(FloatVector.fromArray(FLOATS, means, j))
                        .fma(FloatVector.fromArray(FLOATS, factors, j), FloatVector.fromArray(FLOATS, biases, j))
                        .intoArray(row, j);
            }
            if (of.then() == Then.SILU) {
                Lanes.sigmoid(row, shares, padded(d));
                Lanes.multiply(row, shares, d);
            }
            outs.put(i * of.out().stride(), row, 0, d);
        }
    }

    private static double[] sums(GroupNorm.Forward of, float[] row) {
        Tensor x = of.x();
        int width = x.columns() / of.groups();
        double[] sums = new double[of.groups()];
        FloatBuffer xs = x.floats();
        for (int i = 0; i < x.rows(); i++) {
            xs.get(i * x.stride(), row, 0, x.columns());
            for (int group = 0; group < sums.length; group++) {
                float sum = 0;
                for (int j = group * width; j < (group + 1) * width; j++) {
                    sum += row[j];
                }
                sums[group] += sum;
            }
        }
        return sums;
    }

    private static double[] squares(GroupNorm.Forward of, float[] row, float[] means) {
        Tensor x = of.x();
        int width = x.columns() / of.groups();
        double[] sums = new double[of.groups()];
        FloatBuffer xs = x.floats();
        for (int i = 0; i < x.rows(); i++) {
            xs.get(i * x.stride(), row, 0, x.columns());
            for (int group = 0; group < sums.length; group++) {
                float sum = 0;
                for (int j = group * width; j < (group + 1) * width; j++) {
                    float centred = row[j] - means[j];
                    sum += centred * centred;
                }
                sums[group] += sum;
            }
        }
        return sums;
    }
}
