package org.loradash.kernel;

import static org.loradash.kernel.Lanes.COUNT;
import static org.loradash.kernel.Lanes.FLOATS;
import static org.loradash.kernel.Lanes.atLeast;
import static org.loradash.kernel.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Kernels.Rotation;

/** Operations row by row. */
final class FusedRows {
    private float[] first = {};
    private float[] second = {};
    private float[] third = {};
    private float[] weights = {};

    private void reserve(int columns) {
        first = atLeast(first, columns);
        second = atLeast(second, columns);
        third = atLeast(third, columns);
        weights = atLeast(weights, columns);
    }

    /** A part of a row into an array, followed by zeros up to a whole vector. */
    private static void load(FloatBuffer from, int at, float[] array, int count) {
        from.get(at, array, 0, count);
        Arrays.fill(array, count, padded(count), 0);
    }

    void gatherRows(Tensor x, int[] indices, Tensor out) {
        int columns = x.columns();
        for (int i = 0; i < indices.length; i++) {
            out.floats().put(i * columns, x.floats(), indices[i] * columns, columns);
        }
    }

    void scatterRows(Tensor x, int[] indices, Tensor out) {
        int columns = x.columns();
        reserve(columns);
        for (int i = 0; i < indices.length; i++) {
            x.floats().get(i * columns, first, 0, columns);
            out.floats().get(indices[i] * columns, second, 0, columns);
            FusedElements.addMultiple(first, 1, second, columns);
            out.floats().put(indices[i] * columns, second, 0, columns);
        }
    }

    void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) {
        int d = cache.columns();
        int capacity = cache.rows() / keyHeads;
        for (int i = 0; i < slots.length; i++) {
            for (int head = 0; head < keyHeads; head++) {
                cache.floats().put((head * capacity + slots[i]) * d, x.floats(), i * x.stride() + head * d, d);
            }
        }
    }

    void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) {
        int d = x.columns();
        reserve(d);
        load(weight.floats(), 0, weights, d);
        for (int row = 0; row < x.rows(); row++) {
            load(x.floats(), row * d, first, d);
            float meanSquare = Lanes.dot(first, 0, first, 0, padded(d)) / d;
            float factor = (float) (1 / Math.sqrt(meanSquare + epsilon));
            inverse.floats().put(row, factor);
            scale(first, factor, weights, d);
            out.floats().put(row * d, first, 0, d);
        }
    }

    private static void scale(float[] x, float factor, float[] weight, int d) {
        for (int j = 0; j < padded(d); j += COUNT) {
            FloatVector.fromArray(FLOATS, x, j)
                    .mul(factor)
                    .mul(FloatVector.fromArray(FLOATS, weight, j))
                    .intoArray(x, j);
        }
    }

    void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) {
        int d = x.columns();
        reserve(d);
        load(weight.floats(), 0, weights, d);
        for (int row = 0; row < x.rows(); row++) {
            load(dOut.floats(), row * d, first, d);
            load(x.floats(), row * d, second, d);
            dx.floats().get(row * d, third, 0, d);
            multiply(first, weights, d);
            float factor = inverse.floats().get(row);
            float mean = Lanes.dot(first, 0, second, 0, padded(d)) / d;
            FusedElements.addMultiple(first, factor, third, d);
            FusedElements.addMultiple(second, -mean * factor * factor * factor, third, d);
            dx.floats().put(row * d, third, 0, d);
            scale(second, factor, weights, d);
            dOut.floats().put(row * d, second, 0, d);
        }
    }

    void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation) {
        int half = cosines.columns();
        int columns = x.columns();
        float sign = rotation == Rotation.FORWARD ? 1 : -1;
        reserve(columns);
        for (int row = 0; row < x.rows(); row++) {
            cosines.floats().get(positions[row] * half, second, 0, half);
            sines.floats().get(positions[row] * half, third, 0, half);
            x.floats().get(row * x.stride(), first, 0, columns);
            for (int head = 0; head < heads; head++) {
                turn(first, 2 * head * half, second, third, sign, half);
            }
            x.floats().put(row * x.stride(), first, 0, columns);
        }
    }

    private static void turn(float[] x, int at, float[] cosines, float[] sines, float sign, int half) {
        int i = 0;
        for (; i + COUNT <= half; i += COUNT) {
            FloatVector low = FloatVector.fromArray(FLOATS, x, at + i);
            FloatVector high = FloatVector.fromArray(FLOATS, x, at + half + i);
            FloatVector cosine = FloatVector.fromArray(FLOATS, cosines, i);
            FloatVector sine = FloatVector.fromArray(FLOATS, sines, i).mul(sign);
            low.mul(cosine).sub(high.mul(sine)).intoArray(x, at + i);
            high.mul(cosine).add(low.mul(sine)).intoArray(x, at + half + i);
        }
        for (; i < half; i++) {
            float low = x[at + i];
            float high = x[at + half + i];
            float sine = sign * sines[i];
            x[at + i] = low * cosines[i] - high * sine;
            x[at + half + i] = high * cosines[i] + low * sine;
        }
    }

    void writeColumns(Tensor x, float alpha, Tensor out, int from) {
        int columns = x.columns();
        reserve(columns);
        Arrays.fill(weights, 0, columns, alpha);
        writeWeighted(x, out, from);
    }

    void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from) {
        reserve(x.columns());
        load(factors.floats(), 0, weights, x.columns());
        writeWeighted(x, out, from);
    }

    private void writeWeighted(Tensor x, Tensor out, int from) {
        int columns = x.columns();
        for (int row = 0; row < x.rows(); row++) {
            x.floats().get(row * columns, first, 0, columns);
            multiply(first, weights, columns);
            out.floats().put(row * out.columns() + from, first, 0, columns);
        }
    }

    void addColumns(Tensor x, int from, float alpha, Tensor out) {
        int columns = out.columns();
        reserve(columns);
        for (int row = 0; row < out.rows(); row++) {
            x.floats().get(row * x.columns() + from, first, 0, columns);
            out.floats().get(row * columns, second, 0, columns);
            FusedElements.addMultiple(first, alpha, second, columns);
            out.floats().put(row * columns, second, 0, columns);
        }
    }

    void addColumnDots(Tensor x, int from, Tensor y, Tensor out) {
        int columns = y.columns();
        reserve(columns);
        Arrays.fill(third, 0, columns, 0);
        for (int row = 0; row < y.rows(); row++) {
            x.floats().get(row * x.columns() + from, first, 0, columns);
            y.floats().get(row * columns, second, 0, columns);
            addProducts(first, second, third, columns);
        }
        out.floats().get(0, first, 0, columns);
        FusedElements.addMultiple(third, 1, first, columns);
        out.floats().put(0, first, 0, columns);
    }

    private static void addProducts(float[] x, float[] y, float[] sums, int count) {
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .fma(FloatVector.fromArray(FLOATS, y, i), FloatVector.fromArray(FLOATS, sums, i))
                    .intoArray(sums, i);
        }
    }

    /** x *= y. */
    private static void multiply(float[] x, float[] y, int count) {
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(FloatVector.fromArray(FLOATS, y, i))
                    .intoArray(x, i);
        }
    }
}
