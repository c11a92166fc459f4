package org.loradash.tsd.linalg;

/** The diagonal of U^T M V. */
public final class CoreDiagonal {
    private CoreDiagonal() {}

    /**
     * u_i^T M v_i for every i, 2 d_out d_in n operations: M V in float32 by OpenBLAS, a block of rows at a time, the
     * sums over rows in double precision.
     *
     * @param svd whose U and V are taken
     * @param matrix M, d_out x d_in, row-major
     * @return n numbers
     * @throws IllegalArgumentException where the shape is another
     */
    public static double[] of(SingularValueDecomposition svd, float[] matrix) {
        if (matrix.length != (long) svd.rows() * svd.columns()) {
            throw new IllegalArgumentException(
                    "M of " + matrix.length + " elements for W of " + svd.rows() + " x " + svd.columns());
        }
        int n = svd.size();
        int columns = svd.columns();
        double[] sums = new double[n];
        RowBlocks.product(
                (from, count, block) -> System.arraycopy(matrix, from * columns, block, 0, count * columns),
                svd.rows(),
                columns,
                svd.v(),
                n,
                false,
                (from, count, images) -> {
                    for (int row = 0; row < count; row++) {
                        int u = (from + row) * n;
                        for (int i = 0; i < n; i++) {
                            sums[i] += (double) svd.u()[u + i] * images[row * n + i];
                        }
                    }
                });
        return sums;
    }
}
