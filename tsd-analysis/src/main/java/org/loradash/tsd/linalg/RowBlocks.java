package org.loradash.tsd.linalg;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Products X Y of which only a block of rows is needed at a time: Y stays in native memory, the product never exists as
 * a whole. On the calling thread alone.
 */
final class RowBlocks {
    private static final int ROWS_AT_ONCE = 256;

    private RowBlocks() {}

    interface Block {
        /** Takes rows {@code from} to {@code from + count - 1} of X Y, row-major, at the array's start. */
        void accept(int from, int count, float[] product);
    }

    interface Rows {
        /** Writes rows {@code from} to {@code from + count - 1} of X to the array's start, row-major. */
        void fill(int from, int count, float[] block);
    }

    /**
     * @param y inner x n, or n x inner where it is transposed; row-major
     * @param transposed whether the product is with Y^T
     */
    static void product(Rows x, int rows, int inner, float[] y, int n, boolean transposed, Block block) {
        int most = Math.min(ROWS_AT_ONCE, rows);
        float[] left = new float[Math.multiplyExact(most, inner)];
        float[] product = new float[Math.multiplyExact(most, n)];
        try (OneThread single = OneThread.enter();
                FloatPointer right = new FloatPointer((long) y.length);
                FloatPointer part = new FloatPointer((long) left.length);
                FloatPointer out = new FloatPointer((long) product.length)) {
            right.put(y);
            for (int from = 0; from < rows; from += most) {
                int count = Math.min(most, rows - from);
                x.fill(from, count, left);
                part.put(left, 0, count * inner);
                openblas.cblas_sgemm(
                        openblas.CblasRowMajor,
                        openblas.CblasNoTrans,
                        transposed ? openblas.CblasTrans : openblas.CblasNoTrans,
                        count,
                        n,
                        inner,
                        1f,
                        part,
                        inner,
                        right,
                        transposed ? inner : n,
                        0f,
                        out,
                        n);
                out.get(product, 0, count * n);
                block.accept(from, count, product);
            }
        }
    }
}
