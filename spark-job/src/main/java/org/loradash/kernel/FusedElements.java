package org.loradash.kernel;

import static org.loradash.kernel.Lanes.COUNT;
import static org.loradash.kernel.Lanes.FLOATS;
import static org.loradash.kernel.Lanes.INTS;
import static org.loradash.kernel.Lanes.padded;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.loradash.kernel.Kernels.AdamStep;

/** Operations on elements that stand alone, block by block. */
final class FusedElements {
    /** Four blocks lie in the first cache together. */
    private static final int BLOCK = 1024;

    private final float[] first = new float[BLOCK];
    private final float[] second = new float[BLOCK];
    private final float[] third = new float[BLOCK];
    private final float[] sigmoids = new float[BLOCK];
    private final int[] laneSteps = new int[COUNT];

    FusedElements() {
        for (int lane = 0; lane < COUNT; lane++) {
            laneSteps[lane] = lane * DropoutMask.STEP;
        }
    }

    private static int count(int from, long size) {
        return (int) Math.min(BLOCK, size - from);
    }

    void add(Tensor x, float alpha, Tensor y) {
        FloatBuffer xs = x.floats();
        FloatBuffer ys = y.floats();
        for (int from = 0; from < x.size(); from += BLOCK) {
            int count = count(from, x.size());
            xs.get(from, first, 0, count);
            ys.get(from, second, 0, count);
            addMultiple(first, alpha, second, count);
            ys.put(from, second, 0, count);
        }
    }

    static void addMultiple(float[] x, float alpha, float[] y, int count) {
        FloatVector factor = FloatVector.broadcast(FLOATS, alpha);
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .fma(factor, FloatVector.fromArray(FLOATS, y, i))
                    .intoArray(y, i);
        }
    }

    void swiGlu(Tensor gate, Tensor up, Tensor out) {
        FloatBuffer gates = gate.floats();
        FloatBuffer ups = up.floats();
        FloatBuffer outs = out.floats();
        int columns = gate.columns();
        for (int row = 0; row < gate.rows(); row++) {
            for (int from = 0; from < columns; from += BLOCK) {
                int count = count(from, columns);
                gates.get(row * gate.stride() + from, first, 0, count);
                ups.get(row * up.stride() + from, second, 0, count);
                swiGlu(first, second, padded(count));
                outs.put(row * columns + from, second, 0, count);
            }
        }
    }

    private void swiGlu(float[] gate, float[] up, int count) {
        Lanes.sigmoid(gate, sigmoids, count);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, gate, i)
                    .mul(FloatVector.fromArray(FLOATS, sigmoids, i))
                    .mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(up, i);
        }
    }

    void swiGluBackward(Tensor dOut, Tensor gate, Tensor up) {
        FloatBuffer dOuts = dOut.floats();
        FloatBuffer gates = gate.floats();
        FloatBuffer ups = up.floats();
        int columns = gate.columns();
        for (int row = 0; row < gate.rows(); row++) {
            for (int from = 0; from < columns; from += BLOCK) {
                int count = count(from, columns);
                dOuts.get(row * columns + from, first, 0, count);
                gates.get(row * gate.stride() + from, second, 0, count);
                ups.get(row * up.stride() + from, third, 0, count);
                swiGluBackward(first, second, third, padded(count));
                dOuts.put(row * columns + from, first, 0, count);
                gates.put(row * gate.stride() + from, second, 0, count);
                ups.put(row * up.stride() + from, third, 0, count);
            }
        }
    }

    /** Gate and up become their gradients, and dOut what the forward made of them. */
    private void swiGluBackward(float[] dOut, float[] gate, float[] up, int count) {
        Lanes.sigmoid(gate, sigmoids, count);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector d = FloatVector.fromArray(FLOATS, dOut, i);
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector u = FloatVector.fromArray(FLOATS, up, i);
            FloatVector sigmoid = FloatVector.fromArray(FLOATS, sigmoids, i);
            FloatVector silu = g.mul(sigmoid);
            FloatVector slope = sigmoid.add(silu.sub(silu.mul(sigmoid)));
            d.mul(u).mul(slope).intoArray(gate, i);
            d.mul(silu).intoArray(up, i);
            silu.mul(u).intoArray(dOut, i);
        }
    }

    void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out) {
        int key = DropoutMask.key(seed);
        int threshold = DropoutMask.threshold(probability);
        float scale = DropoutMask.scale(probability);
        // The mask's arithmetic is modulo 2^32, and so may this be.
        int firstElement = firstRow * x.columns();
        FloatBuffer xs = x.floats();
        FloatBuffer outs = out.floats();
        for (int from = 0; from < x.size(); from += BLOCK) {
            int count = count(from, x.size());
            xs.get(from, first, 0, count);
            dropout(first, firstElement + from, key, threshold, scale, padded(count));
            outs.put(from, first, 0, count);
        }
    }

    private void dropout(float[] x, int from, int key, int threshold, float scale, int count) {
        IntVector steps = IntVector.fromArray(INTS, laneSteps, 0);
        for (int i = 0; i < count; i += COUNT) {
            IntVector h = steps.add((from + i) * DropoutMask.STEP).lanewise(VectorOperators.XOR, key);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16))
                    .mul(DropoutMask.FIRST_FACTOR);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15))
                    .mul(DropoutMask.SECOND_FACTOR);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            // All bits set where the hash is below the threshold: the sign of their difference, spread.
            IntVector dropped =
                    h.lanewise(VectorOperators.LSHR, 8).sub(threshold).lanewise(VectorOperators.ASHR, 31);
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(scale)
                    .reinterpretAsInts()
                    .and(dropped.not())
                    .reinterpretAsFloats()
                    .intoArray(x, i);
        }
    }

    void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        float rate = (float) (step.rate() / (1 - Math.pow(step.beta1(), step.t())));
        float correction = (float) (1 / Math.sqrt(1 - Math.pow(step.beta2(), step.t())));
        FloatBuffer gradients = gradient.floats();
        FloatBuffer ms = m.floats();
        FloatBuffer vs = v.floats();
        for (int from = 0; from < gradient.size(); from += BLOCK) {
            int count = count(from, gradient.size());
            gradients.get(from, first, 0, count);
            ms.get(from, second, 0, count);
            vs.get(from, third, 0, count);
            adam(first, second, third, step, rate, correction, padded(count));
            gradients.put(from, first, 0, count);
            ms.put(from, second, 0, count);
            vs.put(from, third, 0, count);
        }
    }

    private static void adam(
            float[] gradient, float[] m, float[] v, AdamStep step, float rate, float correction, int count) {
        float beta1 = (float) step.beta1();
        float beta2 = (float) step.beta2();
        float ofGradient = (float) (1 - step.beta1());
        float ofSquare = (float) (1 - step.beta2());
        float epsilon = (float) step.epsilon();
        for (int i = 0; i < count; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gradient, i);
            FloatVector newM = FloatVector.fromArray(FLOATS, m, i).mul(beta1).add(g.mul(ofGradient));
            FloatVector newV =
                    FloatVector.fromArray(FLOATS, v, i).mul(beta2).add(g.mul(g).mul(ofSquare));
            newM.intoArray(m, i);
            newV.intoArray(v, i);
            FloatVector denominator =
                    newV.lanewise(VectorOperators.SQRT).mul(correction).add(epsilon);
            newM.mul(rate).div(denominator).intoArray(gradient, i);
        }
    }
}
