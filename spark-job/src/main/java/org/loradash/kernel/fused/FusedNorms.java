package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.load;
import static org.loradash.kernel.fused.Lanes.padded;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.HeadNorm;
import org.loradash.kernel.operation.LayerNorm;
import org.loradash.kernel.operation.RmsNorm;

/** Normalisations of rows. */
public final class FusedNorms {
    private FusedNorms() {}

    public static void rms(RmsNorm.Forward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        float[] row = scratch.floats(0, padded(d));
        float[] weights = scratch.floats(1, padded(d));
        load(of.weight().floats(), 0, weights, d);
        for (int i = 0; i < x.rows(); i++) {
            load(x.floats(), i * d, row, d);
            float meanSquare = Lanes.dot(row, 0, row, 0, padded(d)) / d;
            float factor = (float) (1 / Math.sqrt(meanSquare + of.epsilon()));
            of.inverse().floats().put(i, factor);
            scale(row, factor, weights, d);
            of.out().floats().put(i * d, row, 0, d);
        }
    }

    public static void rmsBackward(RmsNorm.Backward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        float[] first = scratch.floats(0, padded(d));
        float[] second = scratch.floats(1, padded(d));
        float[] third = scratch.floats(2, padded(d));
        float[] weights = scratch.floats(3, padded(d));
        load(of.weight().floats(), 0, weights, d);
        for (int row = 0; row < x.rows(); row++) {
            load(of.dOut().floats(), row * d, first, d);
            load(x.floats(), row * d, second, d);
            of.dx().floats().get(row * d, third, 0, d);
            Lanes.multiply(first, weights, d);
            float factor = of.inverse().floats().get(row);
            float mean = Lanes.dot(first, 0, second, 0, padded(d)) / d;
            Lanes.addMultiple(first, factor, third, d);
            Lanes.addMultiple(second, -mean * factor * factor * factor, third, d);
            of.dx().floats().put(row * d, third, 0, d);
            scale(second, factor, weights, d);
            of.dOut().floats().put(row * d, second, 0, d);
        }
    }

    public static void heads(HeadNorm.Forward of, Scratch scratch) {
        Tensor x = of.x();
        int parts = of.inverse().columns();
        int d = of.weight().columns();
        float[] row = scratch.floats(0, padded(d));
        float[] weights = scratch.floats(1, padded(d));
        load(of.weight().floats(), 0, weights, d);
        for (int i = 0; i < x.rows(); i++) {
            for (int part = 0; part < parts; part++) {
                load(x.floats(), i * x.stride() + part * d, row, d);
                float meanSquare = Lanes.dot(row, 0, row, 0, padded(d)) / d;
                float factor = (float) (1 / Math.sqrt(meanSquare + of.epsilon()));
                of.inverse().floats().put(i * parts + part, factor);
                scale(row, factor, weights, d);
                of.out().floats().put(i * of.out().stride() + part * d, row, 0, d);
            }
        }
    }

    public static void headsBackward(HeadNorm.Backward of, Scratch scratch) {
        Tensor x = of.x();
        int parts = of.inverse().columns();
        int d = of.weight().columns();
        float[] gradient = scratch.floats(0, padded(d));
        float[] row = scratch.floats(1, padded(d));
        float[] weights = scratch.floats(2, padded(d));
        load(of.weight().floats(), 0, weights, d);
        for (int i = 0; i < x.rows(); i++) {
            for (int part = 0; part < parts; part++) {
                int at = i * of.dOut().stride() + part * d;
                load(of.dOut().floats(), at, gradient, d);
                load(x.floats(), i * x.stride() + part * d, row, d);
                Lanes.multiply(gradient, weights, d);
                float factor = of.inverse().floats().get(i * parts + part);
                float mean = Lanes.dot(gradient, 0, row, 0, padded(d)) / d;
                Lanes.scale(gradient, 0, padded(d), factor);
                Lanes.addMultiple(row, -mean * factor * factor * factor, gradient, d);
                of.dOut().floats().put(at, gradient, 0, d);
            }
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

    public static void layer(LayerNorm.Forward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        float[] row = scratch.floats(0, padded(d));
        float[] weights = scratch.floats(1, padded(d));
        float[] biases = scratch.floats(2, padded(d));
        load(of.weight().floats(), 0, weights, d);
        load(of.bias().floats(), 0, biases, d);
        for (int i = 0; i < x.rows(); i++) {
            load(x.floats(), i * d, row, d);
            float mean = Lanes.sum(row, 0, padded(d)) / d;
            centre(row, mean, d);
            float factor = (float) (1 / Math.sqrt(Lanes.dot(row, 0, row, 0, padded(d)) / d + of.epsilon()));
            of.mean().floats().put(i, mean);
            of.inverse().floats().put(i, factor);
            scale(row, factor, weights, d);
            Lanes.addMultiple(biases, 1, row, d);
            of.out().floats().put(i * d, row, 0, d);
        }
    }

    public static void layerBackward(LayerNorm.Backward of, Scratch scratch) {
        Tensor x = of.x();
        int d = x.columns();
        float[] gradient = scratch.floats(0, padded(d));
        float[] centred = scratch.floats(1, padded(d));
        float[] dx = scratch.floats(2, padded(d));
        float[] weights = scratch.floats(3, padded(d));
        float[] biases = scratch.floats(4, padded(d));
        load(of.weight().floats(), 0, weights, d);
        load(of.bias().floats(), 0, biases, d);
        for (int row = 0; row < x.rows(); row++) {
            load(of.dOut().floats(), row * d, gradient, d);
            load(x.floats(), row * d, centred, d);
            of.dx().floats().get(row * d, dx, 0, d);
            centre(centred, of.mean().floats().get(row), d);
            Lanes.multiply(gradient, weights, d);
            float factor = of.inverse().floats().get(row);
            float along = Lanes.dot(gradient, 0, centred, 0, padded(d)) / d;
            centre(gradient, Lanes.sum(gradient, 0, padded(d)) / d, d);
            Lanes.addMultiple(gradient, factor, dx, d);
            Lanes.addMultiple(centred, -along * factor * factor * factor, dx, d);
            of.dx().floats().put(row * d, dx, 0, d);
            scale(centred, factor, weights, d);
            Lanes.addMultiple(biases, 1, centred, d);
            of.dOut().floats().put(row * d, centred, 0, d);
        }
    }

    /** x -= mean, and zeros after it again up to a whole vector. */
    private static void centre(float[] x, float mean, int d) {
        for (int j = 0; j < padded(d); j += COUNT) {
            FloatVector.fromArray(FLOATS, x, j).sub(mean).intoArray(x, j);
        }
        Arrays.fill(x, d, padded(d), 0);
    }
}
