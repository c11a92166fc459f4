package org.loradash.tsd.linalg;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/** Products of matrices with OpenBLAS, on the calling thread alone. */
public final class MatrixProduct {
    private MatrixProduct() {}

    /**
     * x^T y.
     *
     * @param x rows x m, row-major
     * @param y rows x n, row-major
     * @return m x n, row-major
     */
    public static float[] transposed(float[] x, float[] y, int rows, int m, int n) {
        checkLength("x", x, rows, m);
        checkLength("y", y, rows, n);
        return product(openblas.CblasTrans, openblas.CblasNoTrans, x, y, m, n, rows);
    }

    /**
     * x y^T.
     *
     * @param x m x columns, row-major
     * @param y n x columns, row-major
     * @return m x n, row-major
     */
    public static float[] withTransposed(float[] x, float[] y, int m, int n, int columns) {
        checkLength("x", x, m, columns);
        checkLength("y", y, n, columns);
        return product(openblas.CblasNoTrans, openblas.CblasTrans, x, y, m, n, columns);
    }

    private static float[] product(int sideOfX, int sideOfY, float[] x, float[] y, int m, int n, int inner) {
        float[] result = new float[Math.multiplyExact(m, n)];
        try (OneThread single = OneThread.enter();
                FloatPointer left = new FloatPointer(x);
                FloatPointer right = new FloatPointer(y);
                FloatPointer out = new FloatPointer(result.length)) {
            int strideOfX = sideOfX == openblas.CblasTrans ? m : inner;
            int strideOfY = sideOfY == openblas.CblasTrans ? inner : n;
            openblas.cblas_sgemm(
                    openblas.CblasRowMajor,
                    sideOfX,
                    sideOfY,
                    m,
                    n,
                    inner,
                    1f,
                    left,
                    strideOfX,
                    right,
                    strideOfY,
                    0f,
                    out,
                    n);
            out.get(result);
        }
        return result;
    }

    private static void checkLength(String name, float[] matrix, int rows, int columns) {
        if (matrix.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "%s: %d elements (must be %d x %d)".formatted(name, matrix.length, rows, columns));
        }
    }
}
