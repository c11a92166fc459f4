package org.loradash.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of the fused kernels, and the functions that the instruction set lacks.
 *
 * <p>The kernels compute on small arrays of the Java heap that tensors are copied into and out of: JDK 17 compiles vector
 * loads from arrays to about twice the speed of loads from direct buffers, and an array with room to spare needs no
 * separate code for the last, partly filled vector.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** How many float32 a vector holds: a power of two, at least 4. */
    static final int COUNT = FLOATS.length();

    private static final float LOG2_OF_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;

    /** Adding it to a float32 below 2^22 in magnitude rounds that to an integer, which the sum's low bits then hold. */
    private static final float ROUNDING = 0x1.8p23f;

    private static final int LIMIT_BITS = Float.floatToRawIntBits(60f);
    private static final int SIGN_BIT = 0x80000000;

    private Lanes() {}

    /** The next multiple of a vector's length. */
    static int padded(int count) {
        return count + COUNT - 1 & -COUNT;
    }

    /** The array itself if it holds that many values rounded up to whole vectors, else a new one that does. */
    static float[] atLeast(float[] array, int count) {
        return array.length >= padded(count) ? array : new float[padded(count)];
    }

    /**
     * e^x within 2e-7 relative for x in [-60, 60], and its value at the nearer end outside. Next to one, e^-60 is far
     * below a float32's resolution; products with it are still far above subnormal numbers, which CPUs compute a hundred
     * times slower. The polynomial is that of Cephes' expf (Moshier); the integer part goes into the exponent by bits,
     * since JDK 17 converts float to int slowly.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector clamped = clamp(x);
        FloatVector shifted =
                clamped.fma(FloatVector.broadcast(FLOATS, LOG2_OF_E), FloatVector.broadcast(FLOATS, ROUNDING));
        FloatVector whole = shifted.sub(ROUNDING);
        FloatVector rest = whole.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), clamped);
        rest = whole.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), rest);
        FloatVector y = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
        y = y.fma(rest, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
        y = y.fma(rest, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
        y = y.fma(rest, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
        y = y.fma(rest, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
        y = y.fma(rest, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
        // x times zero is zero, but for what is not a number, which the clamp has lost.
        FloatVector one = x.fma(FloatVector.zero(FLOATS), FloatVector.broadcast(FLOATS, 1f));
        y = y.fma(rest.mul(rest), rest.add(one));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return y.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /**
     * x within [-60, 60]. Floats above zero are ordered as their bits are, so the bits' minimum, for x and then for -x,
     * clamps in four instructions; the float minimum and maximum, which mind NaN and -0, take a dozen.
     */
    private static FloatVector clamp(FloatVector x) {
        IntVector below = x.reinterpretAsInts().min(LIMIT_BITS).lanewise(VectorOperators.XOR, SIGN_BIT);
        return below.min(LIMIT_BITS).lanewise(VectorOperators.XOR, SIGN_BIT).reinterpretAsFloats();
    }

    /** 1 / (1 + e^-x). */
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(FLOATS, 1f).div(exp(x.neg()).add(1f));
    }

    /** The sum of a[i] * b[i] over whole vectors up to the count, in a fixed order. */
    static float dot(float[] a, int fromA, float[] b, int fromB, int paddedCount) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i + 2 * COUNT <= paddedCount; i += 2 * COUNT) {
            even = FloatVector.fromArray(FLOATS, a, fromA + i).fma(FloatVector.fromArray(FLOATS, b, fromB + i), even);
            odd = FloatVector.fromArray(FLOATS, a, fromA + i + COUNT)
                    .fma(FloatVector.fromArray(FLOATS, b, fromB + i + COUNT), odd);
        }
        if (i < paddedCount) {
            even = FloatVector.fromArray(FLOATS, a, fromA + i).fma(FloatVector.fromArray(FLOATS, b, fromB + i), even);
        }
        return even.add(odd).reduceLanes(VectorOperators.ADD);
    }
}
