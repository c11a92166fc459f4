package org.loradash.tsd.direction;

/**
 * A direction u v^T: a matrix of rank one and, its vectors being of unit length, of unit norm.
 *
 * @param u d_out elements
 * @param v d_in elements
 */
public record RankOne(float[] u, float[] v) {
    /**
     * The inner product of the two matrices, trace((u v^T)^T u' v'^T) = (u . u') (v . v').
     *
     * @throws IllegalArgumentException where the shapes differ
     */
    public double inner(RankOne other) {
        return dot(u, other.u) * dot(v, other.v);
    }

    private static double dot(float[] x, float[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("vectors of " + x.length + " and " + y.length + " elements");
        }
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * y[i];
        }
        return sum;
    }
}
