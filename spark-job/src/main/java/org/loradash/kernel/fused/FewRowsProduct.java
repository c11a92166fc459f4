package org.loradash.kernel.fused;

import java.nio.FloatBuffer;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.portable.PortableProduct;

/**
 * The product of few rows with a large transposed matrix, as in the steps of generation: y = x w^T. Computed as y^T = w
 * x^T, the matrix is the side that oneDNN cuts in tiles, which was measured to take half to three quarters of the time.
 */
public final class FewRowsProduct {
    /** The fewest rows for which turning the product round pays. */
    private static final int FEWEST = 8;

    private static final int MOST = 64;

    /** The matrix must be so many times as long as the rows are many. */
    private static final int LONGER = 4;

    /** Columns of y that are turned at a time. */
    private static final int BLOCK = 256;

    private FewRowsProduct() {}

    /** Whether c = a b^T has so few rows that reading b takes the time. */
    public static boolean hasFewRows(MatrixProduct of) {
        return of.sideOfA() == Side.PLAIN
                && of.sideOfB() == Side.TRANSPOSED
                && of.c().rows() <= MOST
                && of.c().columns() >= LONGER * of.c().rows();
    }

    /** Whether {@link #multiply} is what computes alpha a b + beta c fastest. */
    public static boolean suits(MatrixProduct of) {
        return hasFewRows(of) && of.c().rows() >= FEWEST && of.alpha() == 1f && of.beta() == 0f;
    }

    /** y (m x n) = x (m x k) w^T (n x k); all may have gaps. */
    public static void multiply(MatrixProduct of, Scratch scratch) {
        Tensor y = of.c();
        int rows = y.rows();
        int columns = y.columns();
        Tensor transposed = scratch.tensor(columns, rows);
        PortableProduct.multiply(new MatrixProduct(of.b(), Side.PLAIN, of.a(), Side.TRANSPOSED, transposed, 1f, 0f));
        float[] turned = scratch.floats(0, rows * BLOCK);
        float[] row = scratch.floats(1, BLOCK);
        FloatBuffer from = transposed.floats();
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
