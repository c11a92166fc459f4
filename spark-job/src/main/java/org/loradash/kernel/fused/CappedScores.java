package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Scores that are bent below a cap, c tanh(x / c), and how much they grow with x. */
final class CappedScores {
    private static final int SIGN_BIT = 0x80000000;

    /** The hyperbolic tangent of anything beyond is 1 in float32. */
    private static final int LIMIT_BITS = Float.floatToRawIntBits(7.90531110763549805f);

    private CappedScores() {}

    /**
     * x[i] = cap * tanh(x[i] / cap) for whole vectors of x, within 4e-7 of it relatively. Infinity gives the cap, and what is no
     * number stays none. The hyperbolic tangent is the quotient of polynomials that Eigen has, one division for all of its range.
     */
    static void apply(float[] x, int from, int paddedCount, float cap) {
        for (int i = from; i < from + paddedCount; i += COUNT) {
            FloatVector given = FloatVector.fromArray(FLOATS, x, i);
            // Clamped by bits, as in Lanes.exp.
            FloatVector y = given.mul(1 / cap)
                    .reinterpretAsInts()
                    .min(LIMIT_BITS)
                    .lanewise(VectorOperators.XOR, SIGN_BIT)
                    .min(LIMIT_BITS)
                    .lanewise(VectorOperators.XOR, SIGN_BIT)
                    .reinterpretAsFloats();
            FloatVector square = y.mul(y);
            FloatVector above = FloatVector.broadcast(FLOATS, -2.76076847742355e-16f);
            above = above.fma(square, FloatVector.broadcast(FLOATS, 2.00018790482477e-13f));
            above = above.fma(square, FloatVector.broadcast(FLOATS, -8.60467152213735e-11f));
            above = above.fma(square, FloatVector.broadcast(FLOATS, 5.12229709037114e-08f));
            above = above.fma(square, FloatVector.broadcast(FLOATS, 1.48572235717979e-05f));
            above = above.fma(square, FloatVector.broadcast(FLOATS, 6.37261928875436e-04f));
            above = above.fma(square, FloatVector.broadcast(FLOATS, 4.89352455891786e-03f));
            FloatVector below = FloatVector.broadcast(FLOATS, 1.19825839466702e-06f);
            below = below.fma(square, FloatVector.broadcast(FLOATS, 1.18534705686654e-04f));
            below = below.fma(square, FloatVector.broadcast(FLOATS, 2.26843463243900e-03f));
            below = below.fma(square, FloatVector.broadcast(FLOATS, 4.89352518554385e-03f));
            y.mul(above)
                    .div(below)
                    .mul(cap)
                    .blend(given, given.compare(VectorOperators.NE, given))
                    .intoArray(x, i);
        }
    }

    /** dScores[i] = (dScores[i] - mean) * (1 - tanh^2), the scores being capped ones, for whole vectors. */
    static void backward(float[] scores, float[] dScores, int from, int paddedCount, float cap, float mean) {
        for (int i = from; i < from + paddedCount; i += COUNT) {
            FloatVector tanh = FloatVector.fromArray(FLOATS, scores, i).mul(1 / cap);
            FloatVector slope = tanh.neg().fma(tanh, FloatVector.broadcast(FLOATS, 1f));
            FloatVector.fromArray(FLOATS, dScores, i).sub(mean).mul(slope).intoArray(dScores, i);
        }
    }
}
