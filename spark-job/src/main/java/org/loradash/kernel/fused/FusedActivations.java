package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.SoftCap;

/**
 * Activations, block by block. Four of them are x times a share of it from zero to one, whose slope is the share + x times
 * the share's slope.
 */
public final class FusedActivations {
    /** Five blocks lie in the first cache together. */
    private static final int BLOCK = 1024;

    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    /** Of the normal density, at zero. */
    private static final float PEAK = (float) (1 / Math.sqrt(2 * Math.PI));

    /** Up to here erf is a polynomial, from here on erfc is the exponential of one. */
    private static final float NEAR = 0.927734375f;

    /** Up to here tanh is a polynomial, since 1 - 2 / (e^2x + 1) loses digits. */
    private static final float SMALL = 0.625f;

    private FusedActivations() {}

    public static void forward(Activate.Forward of, Scratch scratch) {
        float[] x = scratch.floats(0, BLOCK);
        float[] values = scratch.floats(1, BLOCK);
        float[] shares = scratch.floats(2, BLOCK);
        FloatBuffer xs = of.x().floats();
        FloatBuffer outs = of.out().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = (int) Math.min(BLOCK, size - from);
            xs.get(from, x, 0, count);
            values(of.activation(), x, values, shares, padded(count));
            outs.put(from, values, 0, count);
        }
    }

    public static void backward(Activate.Backward of, Scratch scratch) {
        float[] x = scratch.floats(0, BLOCK);
        float[] values = scratch.floats(1, BLOCK);
        float[] shares = scratch.floats(2, BLOCK);
        float[] dOut = scratch.floats(3, BLOCK);
        float[] spare = scratch.floats(4, BLOCK);
        FloatBuffer xs = of.x().floats();
        FloatBuffer dOuts = of.dOut().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = (int) Math.min(BLOCK, size - from);
            xs.get(from, x, 0, count);
            dOuts.get(from, dOut, 0, count);
            values(of.activation(), x, values, shares, padded(count));
            slopes(of.activation(), x, values, shares, spare, padded(count));
            Lanes.multiply(dOut, x, count);
            xs.put(from, dOut, 0, count);
            dOuts.put(from, values, 0, count);
        }
    }

    public static void softCap(SoftCap of, Scratch scratch) {
        float[] x = scratch.floats(0, BLOCK);
        float[] values = scratch.floats(1, BLOCK);
        float[] shares = scratch.floats(2, BLOCK);
        FloatBuffer xs = of.x().floats();
        long size = of.x().size();
        for (int from = 0; from < size; from += BLOCK) {
            int count = (int) Math.min(BLOCK, size - from);
            xs.get(from, x, 0, count);
            Lanes.scale(x, 0, padded(count), 1 / of.cap());
            tanh(x, values, shares, padded(count));
            Lanes.scale(values, 0, padded(count), of.cap());
            xs.put(from, values, 0, count);
        }
    }

    /** values = f(x), and shares where it is x times one. */
    static void values(Activation activation, float[] x, float[] values, float[] shares, int count) {
        switch (activation) {
            case GELU -> normal(x, values, shares, count);
            case GELU_TANH -> {
                sigmoidArguments(x, values, count);
                Lanes.sigmoid(values, shares, count);
            }
            case GELU_QUICK -> {
                times(x, Activation.QUICK, values, count);
                Lanes.sigmoid(values, shares, count);
            }
            case SILU -> Lanes.sigmoid(x, shares, count);
            case RELU -> {
                positive(x, values, count);
                return;
            }
            case TANH -> {
                tanh(x, values, shares, count);
                return;
            }
        }
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(FloatVector.fromArray(FLOATS, shares, i))
                    .intoArray(values, i);
        }
    }

    /** x becomes f'(x), given what {@link #values} made of it. */
    static void slopes(Activation activation, float[] x, float[] values, float[] shares, float[] spare, int count) {
        switch (activation) {
            case GELU -> normalSlopes(x, shares, spare, count);
            case GELU_TANH -> sigmoidSlopes(x, shares, count);
            case GELU_QUICK -> slopesOfSigmoid(x, shares, Activation.QUICK, count);
            case SILU -> slopesOfSigmoid(x, shares, 1, count);
            case RELU -> steps(x, count);
            case TANH -> tanhSlopes(values, x, count);
        }
    }

    /**
     * shares = the probability of less than x: (1 + erf(t)) / 2 near zero, with t = x / sqrt 2, and erfc(|t|) / 2 or one less
     * it far from there; within 1e-7. The polynomials are those of N. Juffa's erff.
     */
    private static void normal(float[] x, float[] far, float[] shares, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector t = FloatVector.fromArray(FLOATS, x, i).mul(SQRT_HALF).abs();
            FloatVector square = t.mul(t);
            FloatVector high = t.fma(
                    FloatVector.broadcast(FLOATS, -1.72853470e-5f), FloatVector.broadcast(FLOATS, 3.83197126e-4f));
            FloatVector low = t.fma(
                    FloatVector.broadcast(FLOATS, -3.88396438e-3f), FloatVector.broadcast(FLOATS, 2.42546219e-2f));
            FloatVector r = high.fma(square, low);
            r = r.fma(t, FloatVector.broadcast(FLOATS, -1.06777877e-1f));
            r = r.fma(t, FloatVector.broadcast(FLOATS, -6.34846687e-1f));
            r = r.fma(t, FloatVector.broadcast(FLOATS, -1.28717512e-1f));
            r.fma(t, t.neg()).intoArray(far, i);
        }
        Lanes.exp(far, 0, count, 0);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector t = FloatVector.fromArray(FLOATS, x, i).mul(SQRT_HALF);
            FloatVector square = t.mul(t);
            FloatVector r = FloatVector.broadcast(FLOATS, -5.96761703e-4f);
            r = r.fma(square, FloatVector.broadcast(FLOATS, 4.99119423e-3f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, -2.67681349e-2f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, 1.12819925e-1f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, -3.76125336e-1f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, 1.28379166e-1f));
            FloatVector near = r.fma(t, t).fma(half, half);
            FloatVector below = FloatVector.fromArray(FLOATS, far, i).mul(half);
            below.blend(one.sub(below), t.compare(VectorOperators.GT, 0))
                    .blend(near, t.abs().compare(VectorOperators.LE, NEAR))
                    .intoArray(shares, i);
        }
    }

    /** x becomes share + x density(x). */
    private static void normalSlopes(float[] x, float[] shares, float[] densities, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector at = FloatVector.fromArray(FLOATS, x, i);
            at.mul(at).mul(-0.5f).intoArray(densities, i);
        }
        Lanes.exp(densities, 0, count, 0);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(PEAK)
                    .fma(FloatVector.fromArray(FLOATS, densities, i), FloatVector.fromArray(FLOATS, shares, i))
                    .intoArray(x, i);
        }
    }

    /** out = what the tanh's share is the sigmoid of. */
    private static void sigmoidArguments(float[] x, float[] out, int count) {
        FloatVector line = FloatVector.broadcast(FLOATS, Activation.OF_LINE);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector at = FloatVector.fromArray(FLOATS, x, i);
            at.mul(at).mul(Activation.OF_CUBE).add(line).mul(at).intoArray(out, i);
        }
    }

    /** x becomes share + x share (1 - share) times the slope of the sigmoid's argument. */
    private static void sigmoidSlopes(float[] x, float[] shares, int count) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector line = FloatVector.broadcast(FLOATS, Activation.OF_LINE);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector at = FloatVector.fromArray(FLOATS, x, i);
            FloatVector share = FloatVector.fromArray(FLOATS, shares, i);
            FloatVector inner = at.mul(at).mul(3 * Activation.OF_CUBE).add(line);
            at.mul(share).mul(one.sub(share)).fma(inner, share).intoArray(x, i);
        }
    }

    private static void times(float[] x, float factor, float[] out, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).mul(factor).intoArray(out, i);
        }
    }

    /** x becomes share + factor x share (1 - share). */
    private static void slopesOfSigmoid(float[] x, float[] shares, float factor, int count) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector share = FloatVector.fromArray(FLOATS, shares, i);
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(factor)
                    .mul(share)
                    .fma(one.sub(share), share)
                    .intoArray(x, i);
        }
    }

    private static void positive(float[] x, float[] out, int count) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).max(zero).intoArray(out, i);
        }
    }

    /** One above zero, zero below, and what is no number stays none. */
    private static void steps(float[] x, int count) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector at = FloatVector.fromArray(FLOATS, x, i);
            at.blend(one, at.compare(VectorOperators.GT, 0))
                    .blend(zero, at.compare(VectorOperators.LE, 0))
                    .intoArray(x, i);
        }
    }

    /** By the polynomial of Cephes' tanhf (Moshier) near zero, 2 / (1 + e^-2x) - 1 elsewhere. */
    private static void tanh(float[] x, float[] out, float[] shares, int count) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).mul(2).intoArray(out, i);
        }
        Lanes.sigmoid(out, shares, count);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector at = FloatVector.fromArray(FLOATS, x, i);
            FloatVector square = at.mul(at);
            FloatVector r = FloatVector.broadcast(FLOATS, -5.70498872745e-3f);
            r = r.fma(square, FloatVector.broadcast(FLOATS, 2.06390887954e-2f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, -5.37397155531e-2f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, 1.33314422036e-1f));
            r = r.fma(square, FloatVector.broadcast(FLOATS, -3.33332819422e-1f));
            FloatVector near = r.mul(square).fma(at, at);
            FloatVector.fromArray(FLOATS, shares, i)
                    .mul(2)
                    .sub(one)
                    .blend(near, at.abs().compare(VectorOperators.LT, SMALL))
                    .intoArray(out, i);
        }
    }

    /** x becomes 1 - value^2. */
    private static void tanhSlopes(float[] values, float[] x, int count) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector value = FloatVector.fromArray(FLOATS, values, i);
            value.neg().fma(value, one).intoArray(x, i);
        }
    }
}
