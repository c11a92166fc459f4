package org.loradash.tsd.direction;

import org.loradash.tsd.linalg.SingularValueDecomposition;

/** A change of a weight W, d_out x d_in, as far as directions are concerned: W* - W. Arrays are row-major, not copied. */
public sealed interface WeightUpdate {
    /**
     * Its coordinates u_i^T M v_i on the core basis of a decomposition, n of them.
     *
     * @throws IllegalArgumentException where the shapes disagree
     */
    float[] coreCoordinates(SingularValueDecomposition svd);

    /** Whether nothing changes. */
    boolean isZero();

    /**
     * Every element of the change, as full fine-tuning makes it.
     *
     * @param matrix d_out x d_in
     */
    record Dense(float[] matrix) implements WeightUpdate {
        /**
         * The difference of two weights.
         *
         * @param before left as it is
         * @param after overwritten
         */
        public static Dense between(float[] before, float[] after) {
            for (int i = 0; i < after.length; i++) {
                after[i] -= before[i];
            }
            return new Dense(after);
        }

        @Override
        public float[] coreCoordinates(SingularValueDecomposition svd) {
            return CoreProjection.ofDense(svd, matrix);
        }

        @Override
        public boolean isZero() {
            return zero(matrix);
        }
    }

    /**
     * The change scale B A of an adapter; the product is never formed.
     *
     * @param b d_out x r
     * @param a r x d_in
     * @param scale alpha / r for LoRA
     */
    record LowRank(float[] b, float[] a, double scale) implements WeightUpdate {
        @Override
        public float[] coreCoordinates(SingularValueDecomposition svd) {
            return CoreProjection.ofLowRank(svd, b, a, scale);
        }

        @Override
        public boolean isZero() {
            return scale == 0 || zero(b) || zero(a);
        }
    }

    private static boolean zero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
