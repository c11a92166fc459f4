package org.loradash.tsd.direction;

import org.loradash.tsd.linalg.MatrixProduct;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * Projects a change M of a weight on the weight's core directions: the coordinates u_i^T M v_i, which is by how much each
 * singular value changes.
 */
public final class CoreProjection {
    private CoreProjection() {}

    /**
     * The projection of a low-rank change B A, which is never formed: diag(U^T B A V) = rowsum((U^T B) o (A V)^T).
     *
     * @param svd of the weight, rows x columns
     * @param b rows x rank, row-major
     * @param a rank x columns, row-major
     * @return one coordinate for each of the weight's directions
     */
    public static double[] ofLowRank(SingularValueDecomposition svd, float[] b, float[] a, int rank) {
        int n = svd.size();
        float[] uB = MatrixProduct.transposed(svd.u(), b, svd.rows(), n, rank);
        float[] aV = MatrixProduct.product(a, svd.v(), rank, svd.columns(), n);
        double[] coordinates = new double[n];
        for (int r = 0; r < rank; r++) {
            for (int i = 0; i < n; i++) {
                coordinates[i] += (double) uB[i * rank + r] * aV[r * n + i];
            }
        }
        return coordinates;
    }
}
