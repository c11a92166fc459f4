package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GatedUnit;

/** Gated units, block by block. SiLU has loops of its own, which make neither its values nor its slopes an array. */
public final class FusedGatedUnit {
    /** Six blocks lie in the first cache together. */
    private static final int BLOCK = 1024;

    private FusedGatedUnit() {}

    public static void forward(GatedUnit.Forward of, Scratch scratch) {
        float[] gate = scratch.floats(0, BLOCK);
        float[] up = scratch.floats(1, BLOCK);
        float[] shares = scratch.floats(2, BLOCK);
        float[] values = scratch.floats(3, BLOCK);
        Tensor out = of.out();
        int columns = out.columns();
        for (int row = 0; row < out.rows(); row++) {
            for (int from = 0; from < columns; from += BLOCK) {
                int count = Math.min(BLOCK, columns - from);
                of.gate().floats().get(row * of.gate().stride() + from, gate, 0, count);
                of.up().floats().get(row * of.up().stride() + from, up, 0, count);
                if (of.activation() == Activation.SILU) {
                    silu(gate, up, shares, padded(count));
                } else {
                    FusedActivations.values(of.activation(), gate, values, shares, padded(count));
                    Lanes.multiply(up, values, count);
                }
                out.floats().put(row * columns + from, up, 0, count);
            }
        }
    }

    private static void silu(float[] gate, float[] up, float[] sigmoids, int count) {
        Lanes.sigmoid(gate, sigmoids, count);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, gate, i)
                    .mul(FloatVector.fromArray(FLOATS, sigmoids, i))
                    .mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(up, i);
        }
    }

    public static void backward(GatedUnit.Backward of, Scratch scratch) {
        float[] dOut = scratch.floats(0, BLOCK);
        float[] gate = scratch.floats(1, BLOCK);
        float[] up = scratch.floats(2, BLOCK);
        float[] shares = scratch.floats(3, BLOCK);
        float[] values = scratch.floats(4, BLOCK);
        float[] spare = scratch.floats(5, BLOCK);
        FloatBuffer dOuts = of.dOut().floats();
        FloatBuffer gates = of.gate().floats();
        FloatBuffer ups = of.up().floats();
        int columns = of.dOut().columns();
        for (int row = 0; row < of.dOut().rows(); row++) {
            for (int from = 0; from < columns; from += BLOCK) {
                int count = Math.min(BLOCK, columns - from);
                dOuts.get(row * columns + from, dOut, 0, count);
                gates.get(row * of.gate().stride() + from, gate, 0, count);
                ups.get(row * of.up().stride() + from, up, 0, count);
                if (of.activation() == Activation.SILU) {
                    siluBackward(dOut, gate, up, shares, padded(count));
                } else {
                    FusedActivations.values(of.activation(), gate, values, shares, padded(count));
                    FusedActivations.slopes(of.activation(), gate, values, shares, spare, padded(count));
                    gatedBackward(dOut, gate, up, values, padded(count));
                }
                dOuts.put(row * columns + from, dOut, 0, count);
                gates.put(row * of.gate().stride() + from, gate, 0, count);
                ups.put(row * of.up().stride() + from, up, 0, count);
            }
        }
    }

    /** Gate and up become their gradients, and dOut what the forward made of them. */
    private static void siluBackward(float[] dOut, float[] gate, float[] up, float[] sigmoids, int count) {
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

    /** The same of gates whose slopes are in gate, and values beside them. */
    private static void gatedBackward(float[] dOut, float[] gate, float[] up, float[] values, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector d = FloatVector.fromArray(FLOATS, dOut, i);
            FloatVector u = FloatVector.fromArray(FLOATS, up, i);
            FloatVector value = FloatVector.fromArray(FLOATS, values, i);
            FloatVector.fromArray(FLOATS, gate, i).mul(d.mul(u)).intoArray(gate, i);
            d.mul(value).intoArray(up, i);
            value.mul(u).intoArray(dOut, i);
        }
    }
}
