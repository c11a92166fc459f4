package org.loradash.tsd.linalg;

/**
 * The thin singular value decomposition W = U diag(sigma) V^T of a matrix of {@code rows} x {@code columns}, with
 * n = min(rows, columns) singular values. The arrays are not copied; whoever holds them leaves them as they are.
 *
 * @param rows rows of W
 * @param columns columns of W
 * @param u U, {@code rows} x n, row-major; its columns are the left singular vectors
 * @param sigma the n singular values, descending, none negative
 * @param v V (not its transpose), {@code columns} x n, row-major; its columns are the right singular vectors
 */
public record SingularValueDecomposition(int rows, int columns, float[] u, float[] sigma, float[] v) {
    public SingularValueDecomposition {
        int n = Math.min(rows, columns);
        if (rows <= 0
                || columns <= 0
                || sigma.length != n
                || u.length != (long) rows * n
                || v.length != (long) columns * n) {
            throw new IllegalArgumentException("thin decomposition of " + rows + " x " + columns + ": u " + u.length
                    + ", sigma " + sigma.length + ", v " + v.length + " elements");
        }
    }

    /** n = min(rows, columns), the number of singular values. */
    public int size() {
        return sigma.length;
    }
}
