package org.loradash.tsd.direction;

import org.loradash.tsd.linalg.MatrixProduct;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * The global basis of W = U diag(sigma) V^T: the n^2 directions u_i v_j^T of all left with all right singular vectors
 * (arXiv 2409.01035, definition 1). The core basis is those with i = j.
 *
 * @param svd of W
 */
public record GlobalBasis(SingularValueDecomposition svd) {
    /** The direction u_i v_j^T. */
    public RankOne direction(int i, int j) {
        CoreBasis core = new CoreBasis(svd);
        return new RankOne(core.direction(i).u(), core.direction(j).v());
    }

    /** The direction of W itself: its singular values on the diagonal, zero elsewhere (definition 2). */
    public Direction direction() {
        int n = svd.size();
        float[] coordinates = new float[n * n];
        for (int i = 0; i < n; i++) {
            coordinates[i * n + i] = svd.sigma()[i];
        }
        return new Direction(n, coordinates);
    }

    /**
     * The projection of another matrix of W's shape: the coordinates u_i^T M v_j (definition 3), in float32.
     *
     * @param matrix M, d_out x d_in, row-major
     * @throws IllegalArgumentException where the shape is another, or n is above 46340
     */
    public Direction project(float[] matrix) {
        int n = svd.size();
        if ((long) n * n > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(n + " singular values: more coordinates than an array holds");
        }
        float[] images = MatrixProduct.product(matrix, svd.v(), svd.rows(), svd.columns(), n);
        return new Direction(n, MatrixProduct.transposed(svd.u(), images, svd.rows(), n, n));
    }
}
