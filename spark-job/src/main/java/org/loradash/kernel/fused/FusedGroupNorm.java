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
    private static final int WEIGHTS = 5;
    private static final int NORMAL = 6;
    private static final int GRADIENT = 7;
    private static final int MADE = 8;
    private static final int ACROSS = 9;
    private static final int ALONG = 10;

    private FusedGroupNorm() {}

    public static void forward(GroupNorm.Forward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        int width = d / of.groups();
        float[] row = scratch.floats(ROW, padded(d));
        double elements = (double) x.rows() * width;
        double[] sums = sums(x, of.groups(), row);
        for (int group = 0; group < sums.length; group++) {
            of.mean().floats().put(group, (float) (sums[group] / elements));
        }
        float[] means = spread(of.mean(), width, MEANS, scratch);
        double[] squares = squares(x, of.groups(), row, means);
        for (int group = 0; group < squares.length; group++) {
            of.inverse().floats().put(group, (float) (1 / Math.sqrt(squares[group] / elements + of.epsilon())));
        }
        float[] factors = spread(of.inverse(), width, FACTORS, scratch);
        Lanes.multiply(factors, load(of.weight(), WEIGHTS, scratch), d);
        float[] biases = load(of.bias(), BIASES, scratch);
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

    /** Once for the means of what reaches the normalised, once to add. */
    public static void backward(GroupNorm.Backward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        int width = d / of.groups();
        Reached reached = new Reached(of, scratch);
        double[] sums = new double[of.groups()];
        double[] dots = new double[of.groups()];
        for (int i = 0; i < x.rows(); i++) {
            reached.load(i);
            for (int group = 0; group < sums.length; group++) {
                float sum = 0;
                float dot = 0;
                for (int j = group * width; j < (group + 1) * width; j++) {
                    sum += reached.gradient[j];
                    dot += reached.gradient[j] * reached.normal[j];
                }
                sums[group] += sum;
                dots[group] += dot;
            }
        }
        float[] across = scratch.floats(ACROSS, padded(d));
        float[] along = scratch.floats(ALONG, padded(d));
        double elements = (double) x.rows() * width;
        for (int j = 0; j < d; j++) {
            across[j] = (float) (sums[j / width] / elements);
            along[j] = (float) (dots[j / width] / elements);
        }
        float[] sum = scratch.floats(ROW, padded(d));
        FloatBuffer dxs = of.dx().floats();
        for (int i = 0; i < x.rows(); i++) {
            reached.load(i);
            dxs.get(i * of.dx().stride(), sum, 0, d);
            for (int j = 0; j < d; j += COUNT) {
                FloatVector.fromArray(FLOATS, reached.gradient, j)
                        .sub(FloatVector.fromArray(FLOATS, across, j))
                        .sub(FloatVector.fromArray(FLOATS, reached.normal, j)
                                .mul(FloatVector.fromArray(FLOATS, along, j)))
                        .fma(FloatVector.fromArray(FLOATS, reached.inverses, j), FloatVector.fromArray(FLOATS, sum, j))
                        .intoArray(sum, j);
            }
            dxs.put(i * of.dx().stride(), sum, 0, d);
        }
    }

    /** A row of what was normalised, and of its gradient. */
    private static final class Reached {
        private final GroupNorm.Backward of;
        private final int d;
        private final float[] means;
        private final float[] inverses;
        private final float[] weights;
        private final float[] biases;
        private final float[] normal;
        private final float[] gradient;
        private final float[] made;
        private final float[] shares;

        Reached(GroupNorm.Backward of, Scratch scratch) {
            this.of = of;
            d = of.x().columns();
            int width = d / of.groups();
            means = spread(of.mean(), width, MEANS, scratch);
            inverses = spread(of.inverse(), width, FACTORS, scratch);
            weights = FusedGroupNorm.load(of.weight(), WEIGHTS, scratch);
            biases = FusedGroupNorm.load(of.bias(), BIASES, scratch);
            normal = scratch.floats(NORMAL, padded(d));
            gradient = scratch.floats(GRADIENT, padded(d));
            made = scratch.floats(MADE, padded(d));
            shares = scratch.floats(SHARES, padded(d));
        }

        void load(int row) {
            of.x().floats().get(row * of.x().stride(), normal, 0, d);
            of.dOut().floats().get(row * of.dOut().stride(), gradient, 0, d);
            for (int j = 0; j < d; j += COUNT) {
                FloatVector xhat = FloatVector.fromArray(FLOATS, normal, j)
                        .sub(FloatVector.fromArray(FLOATS, means, j))
                        .mul(FloatVector.fromArray(FLOATS, inverses, j));
                xhat.intoArray(normal, j);
                xhat.fma(FloatVector.fromArray(FLOATS, weights, j), FloatVector.fromArray(FLOATS, biases, j))
                        .intoArray(made, j);
            }
            if (of.then() == Then.SILU) {
                Lanes.sigmoid(made, shares, padded(d));
                for (int j = 0; j < d; j += COUNT) {
                    FloatVector share = FloatVector.fromArray(FLOATS, shares, j);
                    FloatVector y = FloatVector.fromArray(FLOATS, made, j);
                    // s (1 + y (1 - s))
                    FloatVector slope = share.mul(y.mul(share.neg().add(1)).add(1));
                    FloatVector.fromArray(FLOATS, gradient, j).mul(slope).intoArray(gradient, j);
                }
            }
            Lanes.multiply(gradient, weights, d);
        }
    }

    private static float[] load(Tensor row, int number, Scratch scratch) {
        float[] loaded = scratch.floats(number, padded(row.columns()));
        row.floats().get(0, loaded, 0, row.columns());
        return loaded;
    }

    /** A number of each group for each of its columns. */
    private static float[] spread(Tensor ofGroups, int width, int number, Scratch scratch) {
        int d = ofGroups.columns() * width;
        float[] spread = scratch.floats(number, padded(d));
        for (int j = 0; j < d; j++) {
            spread[j] = ofGroups.floats().get(j / width);
        }
        return spread;
    }

    private static double[] sums(Tensor x, int groups, float[] row) {
        int width = x.columns() / groups;
        double[] sums = new double[groups];
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

    private static double[] squares(Tensor x, int groups, float[] row, float[] means) {
        int width = x.columns() / groups;
        double[] sums = new double[groups];
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
