package org.loradash.tsd.linalg;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.loradash.tsd.InvalidInput;

/**
 * Computes thin singular value decompositions with LAPACK: divide and conquer ({@code sgesdd}), and where that does not
 * converge the slower QR iteration ({@code sgesvd}). One thread a call; calls may run side by side; the same matrix
 * gives the same bits on the same kind of processor.
 */
public final class ThinSvd {
    private static final int BLOCK = 32;

    /** Beside the largest. LAPACK's float32 is wrong by about 1e-7 of the largest: a thousandth of one this small. */
    private static final float SMALL = 1e-4f;

    private ThinSvd() {}

    /**
     * The decomposition of a matrix, which is left as it is.
     *
     * @param matrix row-major, {@code rows} x {@code columns}
     * @throws IllegalArgumentException where the length is not {@code rows * columns}, or either is not positive
     * @throws InvalidInput where an element is NaN or infinite
     * @throws ArithmeticException where neither algorithm converges
     */
    public static SingularValueDecomposition of(float[] matrix, int rows, int columns) {
        if (rows <= 0 || columns <= 0 || matrix.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "matrix of " + rows + " x " + columns + ": " + matrix.length + " elements");
        }
        checkFinite(matrix, rows, columns);
        int n = Math.min(rows, columns);
        // LAPACK reads by columns, and a row-major W read so is W^T = V diag(sigma) U^T. What it calls the left
        // vectors is then V, by columns; what it calls the transposed right ones is U^T by columns, that is U by rows.
        try (OneThread single = OneThread.enter();
                FloatPointer a = new FloatPointer((long) rows * columns);
                FloatPointer sigma = new FloatPointer(n);
                FloatPointer left = new FloatPointer((long) columns * n);
                FloatPointer right = new FloatPointer((long) rows * n)) {
            a.put(matrix);
            int status = divideAndConquer(rows, columns, a, sigma, left, right);
            if (status > 0) {
                a.put(matrix);
                status = qrIteration(rows, columns, a, sigma, left, right);
            }
            if (status != 0) {
                throw new ArithmeticException("singular value decomposition of " + rows + " x " + columns
                        + ": LAPACK gesdd and gesvd did not converge (info " + status + ")");
            }
            float[] vTransposed = new float[columns * n];
            left.get(vTransposed);
            float[] u = new float[rows * n];
            right.get(u);
            float[] singularValues = new float[n];
            sigma.get(singularValues);
            float[] v = transposed(vTransposed, n, columns);
            sharpenSmall(matrix, u, singularValues, v);
            return new SingularValueDecomposition(rows, columns, u, singularValues, v);
        }
    }

    /**
     * Makes small singular values what float64 makes of their vectors, u^T W v, whose error is of second order in that of the
     * vectors. A change rate divides by them, and so is the largest there.
     */
    private static void sharpenSmall(float[] matrix, float[] u, float[] sigma, float[] v) {
        int n = sigma.length;
        int rows = u.length / n;
        int columns = v.length / n;
        double[] direction = new double[columns];
        for (int i = 1; i < n; i++) {
            if (sigma[i] >= SMALL * sigma[0]) {
                continue;
            }
            for (int column = 0; column < columns; column++) {
                direction[column] = v[column * n + i];
            }
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                double product = 0;
                for (int column = 0; column < columns; column++) {
                    product += matrix[row * columns + column] * direction[column];
                }
                sum += u[row * n + i] * product;
            }
            // In order still, among what rounding has made equal.
            sigma[i] = (float) Math.min(Math.abs(sum), sigma[i - 1]);
        }
    }

    private static int divideAndConquer(
            int rows, int columns, FloatPointer a, FloatPointer sigma, FloatPointer left, FloatPointer right) {
        return openblas.LAPACKE_sgesdd(
                openblas.LAPACK_COL_MAJOR,
                (byte) 'S',
                columns,
                rows,
                a,
                columns,
                sigma,
                left,
                columns,
                right,
                Math.min(rows, columns));
    }

    static int qrIteration(
            int rows, int columns, FloatPointer a, FloatPointer sigma, FloatPointer left, FloatPointer right) {
        int n = Math.min(rows, columns);
        try (FloatPointer unconverged = new FloatPointer(n)) {
            return openblas.LAPACKE_sgesvd(
                    openblas.LAPACK_COL_MAJOR,
                    (byte) 'S',
                    (byte) 'S',
                    columns,
                    rows,
                    a,
                    columns,
                    sigma,
                    left,
                    columns,
                    right,
                    n,
                    unconverged);
        }
    }

    private static void checkFinite(float[] matrix, int rows, int columns) {
        for (int i = 0; i < matrix.length; i++) {
            if (!Float.isFinite(matrix[i])) {
                throw InvalidInput.of(
                        "matrix of " + rows + " x " + columns + ", row " + i / columns + ", column " + i % columns,
                        matrix[i],
                        "must be finite to be decomposed");
            }
        }
    }

    /** The transpose of a row-major matrix, block by block so that reads and writes stay in the cache. */
    static float[] transposed(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int rowBlock = 0; rowBlock < rows; rowBlock += BLOCK) {
            int rowEnd = Math.min(rowBlock + BLOCK, rows);
            for (int columnBlock = 0; columnBlock < columns; columnBlock += BLOCK) {
                int columnEnd = Math.min(columnBlock + BLOCK, columns);
                for (int row = rowBlock; row < rowEnd; row++) {
                    for (int column = columnBlock; column < columnEnd; column++) {
                        result[column * rows + row] = matrix[row * columns + column];
                    }
                }
            }
        }
        return result;
    }
}
