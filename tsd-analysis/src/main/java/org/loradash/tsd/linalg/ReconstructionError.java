package org.loradash.tsd.linalg;

/** How well a decomposition gives its matrix back. */
public final class ReconstructionError {
    private ReconstructionError() {}

    /**
     * The relative Frobenius norm ||W - U diag(sigma) V^T|| / ||W||, about 1e-6 for a sound decomposition in float32; 0
     * for W = 0 = U diag(sigma) V^T. It costs 2 d_out d_in n operations.
     *
     * @param matrix W, row-major, of the decomposition's shape
     */
    public static double relative(float[] matrix, SingularValueDecomposition svd) {
        if (matrix.length != (long) svd.rows() * svd.columns()) {
            throw new IllegalArgumentException(
                    "W of " + matrix.length + " elements, decomposition of " + svd.rows() + " x " + svd.columns());
        }
        int n = svd.size();
        int columns = svd.columns();
        double[] squares = new double[2];
        RowBlocks.product(
                (from, count, block) -> {
                    for (int i = 0; i < count * n; i++) {
                        block[i] = svd.u()[from * n + i] * svd.sigma()[i % n];
                    }
                },
                svd.rows(),
                n,
                svd.v(),
                columns,
                true,
                (from, count, product) -> {
                    for (int i = 0; i < count * columns; i++) {
                        double w = matrix[from * columns + i];
                        double difference = w - product[i];
                        squares[0] += difference * difference;
                        squares[1] += w * w;
                    }
                });
        return squares[0] == 0 ? 0 : Math.sqrt(squares[0] / squares[1]);
    }
}
