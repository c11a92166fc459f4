package org.loradash.tsd.direction;

import java.util.Objects;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * The core basis of W = U diag(sigma) V^T: the n core directions u_i v_i^T (arXiv 2409.01035, definition 1).
 *
 * @param svd of W
 */
public record CoreBasis(SingularValueDecomposition svd) {
    /** n = min(d_out, d_in). */
    public int size() {
        return svd.size();
    }

    /** The core direction u_i v_i^T; i counts from 0, the largest singular value. */
    public RankOne direction(int i) {
        Objects.checkIndex(i, size());
        return new RankOne(column(svd.u(), svd.rows(), i), column(svd.v(), svd.columns(), i));
    }

    /** The coordinates u_i^T M v_i of a matrix on it, n of them; those of W itself are its singular values. */
    public float[] project(WeightUpdate matrix) {
        return matrix.coreCoordinates(svd);
    }

    /** How the change of W to W* = W + M changes W's own coordinates. */
    public CoreChange change(WeightUpdate matrix, double epsilon) {
        return CoreChange.of(svd.sigma(), project(matrix), epsilon);
    }

    private float[] column(float[] matrix, int rows, int i) {
        float[] column = new float[rows];
        for (int row = 0; row < rows; row++) {
            column[row] = matrix[row * size() + i];
        }
        return column;
    }
}
