package org.loradash.kernel.fused;

import java.nio.FloatBuffer;
import java.util.Arrays;
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

    private static final float LEAST = -60;
    private static final float LARGEST = 88;

    private Lanes() {}

    /** The next multiple of a vector's length. */
    static int padded(int count) {
        return count + COUNT - 1 & -COUNT;
    }

    /** A part of a row into an array, followed by zeros up to a whole vector. */
    static void load(FloatBuffer from, int at, float[] array, int count) {
        from.get(at, array, 0, count);
        Arrays.fill(array, count, padded(count), 0);
    }

    /**
     * x[i] = e^(x[i] - shift) for a part of an array, rounded up to whole vectors: within 2e-7 relative for differences in
     * [-60, 88]. Below them it is zero: next to one, e^-60 is far below a float32's resolution, and products with it are still far
     * above subnormal numbers, which CPUs compute a hundred times slower. Above them it is infinity, and what is no number
     * stays none. The polynomial is that of Cephes' expf (Moshier); the integer part goes into the exponent by bits, since JDK 17
     * converts float to int slowly.
     *
     * <p>All of it is one loop over an array: a function from vector to vector would be fast only where the compiler
     * chooses to inline it, which hangs on the order in which methods get warm.
     *
     * @return the sum of the results, in a fixed order
     */
    static float exp(float[] x, int from, int count, float shift) {
        FloatVector log2OfE = FloatVector.broadcast(FLOATS, LOG2_OF_E);
        FloatVector rounding = FloatVector.broadcast(FLOATS, ROUNDING);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector sums = zero;
        for (int i = from; i < from + count; i += COUNT) {
            FloatVector difference = FloatVector.fromArray(FLOATS, x, i).sub(shift);
            FloatVector shifted = difference.fma(log2OfE, rounding);
            FloatVector whole = shifted.sub(rounding);
            FloatVector rest = whole.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), difference);
            rest = whole.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), rest);
            FloatVector y = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
            y = y.fma(rest, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
            y = y.fma(rest, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
            y = y.fma(rest, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
            y = y.fma(rest, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
            y = y.fma(rest, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
            y = y.fma(rest.mul(rest), rest.add(one));
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            y = y.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            // A difference times zero is zero, or else no number, which the bits of the exponent may have hidden.
            y = difference
                    .fma(zero, y)
                    .blend(0, difference.compare(VectorOperators.LT, LEAST))
                    .blend(Float.POSITIVE_INFINITY, difference.compare(VectorOperators.GT, LARGEST));
            y.intoArray(x, i);
            sums = sums.add(y);
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    /** out[i] = 1 / (1 + e^-x[i]) for the first elements, rounded up to whole vectors. */
    static void sigmoid(float[] x, float[] out, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).neg().intoArray(out, i);
        }
        exp(out, 0, count, 0f);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < count; i += COUNT) {
            one.div(FloatVector.fromArray(FLOATS, out, i).add(one)).intoArray(out, i);
        }
    }

    /** The sum of whole vectors of x, in a fixed order. */
    static float sum(float[] x, int from, int paddedCount) {
        FloatVector sums = FloatVector.zero(FLOATS);
        for (int i = from; i < from + paddedCount; i += COUNT) {
            sums = sums.add(FloatVector.fromArray(FLOATS, x, i));
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    /** The largest of whole vectors of x, or the least value given; what is no number is passed over. */
    static float maximum(float[] x, int from, int paddedCount, float least) {
        FloatVector maxima = FloatVector.broadcast(FLOATS, least);
        for (int i = from; i < from + paddedCount; i += COUNT) {
            FloatVector values = FloatVector.fromArray(FLOATS, x, i);
            // The instruction set's maximum; that of Java, which minds NaN and -0, takes six instructions.
            maxima = maxima.blend(values, values.compare(VectorOperators.GT, maxima));
        }
        return maxima.reduceLanes(VectorOperators.MAX);
    }

    /** x[i] *= factor for whole vectors of x. */
    static void scale(float[] x, int from, int paddedCount, float factor) {
        for (int i = from; i < from + paddedCount; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).mul(factor).intoArray(x, i);
        }
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

    /** y += alpha * x, rounded up to whole vectors. */
    static void addMultiple(float[] x, float alpha, float[] y, int count) {
        FloatVector factor = FloatVector.broadcast(FLOATS, alpha);
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .fma(factor, FloatVector.fromArray(FLOATS, y, i))
                    .intoArray(y, i);
        }
    }

    /** x *= y, rounded up to whole vectors. */
    static void multiply(float[] x, float[] y, int count) {
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .mul(FloatVector.fromArray(FLOATS, y, i))
                    .intoArray(x, i);
        }
    }
}
