package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.INTS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.DropoutMask;
import org.loradash.kernel.operation.Scale;

/** Operations on elements that stand alone, block by block. */
public final class FusedElements {
    /** Four blocks lie in the first cache together. */
    private static final int BLOCK = 1024;

    private static final int[] LANE_STEPS = new int[COUNT];

    static {
        for (int lane = 0; lane < COUNT; lane++) {
            LANE_STEPS[lane] = lane * DropoutMask.STEP;
        }
    }

    private FusedElements() {}

    private static int count(int from, long size) {
        return (int) Math.min(BLOCK, size - from);
    }

    public static void copy(Copy of) {
        of.y().floats().put(0, of.x().floats(), 0, (int) of.x().size());
    }

    public static void add(Add of, Scratch scratch) {
        float[] first = scratch.floats(0, BLOCK);
        float[] second = scratch.floats(1, BLOCK);
        FloatBuffer xs = of.x().floats();
        FloatBuffer ys = of.y().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = count(from, size);
            xs.get(from, first, 0, count);
            ys.get(from, second, 0, count);
            Lanes.addMultiple(first, of.alpha(), second, count);
            ys.put(from, second, 0, count);
        }
    }

    public static void scale(Scale of, Scratch scratch) {
        float[] block = scratch.floats(0, BLOCK);
        FloatBuffer xs = of.x().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = count(from, size);
            xs.get(from, block, 0, count);
            Lanes.scale(block, 0, padded(count), of.factor());
            xs.put(from, block, 0, count);
        }
    }

    public static void dropout(Drop of, Scratch scratch) {
        float[] block = scratch.floats(0, BLOCK);
        int key = DropoutMask.key(of.seed());
        int threshold = DropoutMask.threshold(of.probability());
        float scale = DropoutMask.scale(of.probability());
        // The mask's arithmetic is modulo 2^32, and so may this be.
        int firstElement = of.firstRow() * of.x().columns();
        FloatBuffer xs = of.x().floats();
        FloatBuffer outs = of.out().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = count(from, size);
            xs.get(from, block, 0, count);
            dropout(block, firstElement + from, key, threshold, scale, padded(count));
            outs.put(from, block, 0, count);
        }
    }

    private static void dropout(float[] x, int from, int key, int threshold, float scale, int count) {
        IntVector steps = IntVector.fromArray(INTS, LANE_STEPS, 0);
        IntVector scaleBits = FloatVector.broadcast(FLOATS, scale).reinterpretAsInts();
        for (int i = 0; i < count; i += COUNT) {
            IntVector h = steps.add((from + i) * DropoutMask.STEP).lanewise(VectorOperators.XOR, key);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16))
                    .mul(DropoutMask.FIRST_FACTOR);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15))
                    .mul(DropoutMask.SECOND_FACTOR);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            // All bits set where the hash is not below the threshold: the sign of their difference, spread.
            IntVector kept = h.lanewise(VectorOperators.LSHR, 8)
                    .sub(threshold)
                    .lanewise(VectorOperators.ASHR, 31)
                    .not();
            // A product with zero rather than zero, for what is no number; and without a sign, so that zero has none.
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(scaleBits.and(kept).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(kept.or(Integer.MAX_VALUE))
                    .reinterpretAsFloats()
                    .intoArray(x, i);
        }
    }

    public static void adam(Adam of, Scratch scratch) {
        float[] gradient = scratch.floats(0, BLOCK);
        float[] m = scratch.floats(1, BLOCK);
        float[] v = scratch.floats(2, BLOCK);
        Adam.Step step = of.step();
        float rate = (float) (step.rate() / (1 - Math.pow(step.beta1(), step.t())));
        float correction = (float) (1 / Math.sqrt(1 - Math.pow(step.beta2(), step.t())));
        FloatBuffer gradients = of.gradient().floats();
        FloatBuffer ms = of.m().floats();
        FloatBuffer vs = of.v().floats();
        long size = of.gradient().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = count(from, size);
            gradients.get(from, gradient, 0, count);
            ms.get(from, m, 0, count);
            vs.get(from, v, 0, count);
            adam(gradient, m, v, step, rate, correction, padded(count));
            gradients.put(from, gradient, 0, count);
            ms.put(from, m, 0, count);
            vs.put(from, v, 0, count);
        }
    }

    private static void adam(
            float[] gradient, float[] m, float[] v, Adam.Step step, float rate, float correction, int count) {
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
