package org.loradash.kernel;

import java.nio.FloatBuffer;
import org.loradash.kernel.Kernels.Side;

/**
 * The product of few rows with a large transposed matrix, as in the steps of generation: y = x w^T. Computed as y^T = w
 * x^T, the matrix is the side that oneDNN cuts in tiles, which was measured to take half to three quarters of the time.
 */
final class FewRowsProduct {
    /** The fewest rows for which turning the product round pays. */
    private static final int FEWEST = 8;

    private static final int MOST = 64;

    /** The matrix must be so many times as long as the rows are many. */
    private static final int LONGER = 4;

    /** Columns of y that are turned at a time. */
    private static final int BLOCK = 256;

    private final float[] row = new float[BLOCK];
    private float[] turned = {};
    private Tensor transposed = Tensor.zeros(1, 1);

    /** Whether c = a b^T has so few rows that reading b takes the time. */
    static boolean hasFewRows(Side sideOfA, Side sideOfB, Tensor c) {
        return sideOfA == Side.PLAIN
                && sideOfB == Side.TRANSPOSED
                && c.rows() <= MOST
                && c.columns() >= LONGER * c.rows();
    }

    /** Whether {@link #multiply} is what computes alpha a b + beta c fastest. */
    static boolean suits(Side sideOfA, Side sideOfB, Tensor c, float alpha, float beta) {
        return hasFewRows(sideOfA, sideOfB, c) && c.rows() >= FEWEST && alpha == 1f && beta == 0f;
    }

    /** y (m x n) = x (m x k) w^T (n x k); all may have gaps. */
    void multiply(Tensor x, Tensor w, Tensor y) {
        int rows = y.rows();
        int columns = y.columns();
        if (transposed.size() < (long) rows * columns) {
            transposed = Tensor.uninitialised(1, rows * columns);
        }
        Tensor result = transposed.window(0, columns, rows);
        MatrixProduct.multiply(w, Side.PLAIN, x, Side.TRANSPOSED, result, 1f, 0f);
        if (turned.length < rows * BLOCK) {
            turned = new float[rows * BLOCK];
        }
        FloatBuffer from = result.floats();
        FloatBuffer to = y.floats();
        for (int first = 0; first < columns; first += BLOCK) {
            int count = Math.min(BLOCK, columns - first);
            from.get(first * rows, turned, 0, count * rows);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < count; j++) {
                    row[j] = turned[j * rows + i];
                }
                to.put(i * y.stride() + first, row, 0, count);
            }
        }
    }
}
