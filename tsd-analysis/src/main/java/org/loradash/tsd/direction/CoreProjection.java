package org.loradash.tsd.direction;

import java.util.Arrays;
import org.loradash.tsd.linalg.CoreDiagonal;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * The projection of a matrix M on the core directions u_i v_i^T of W: the coordinates u_i^T M v_i, which are the
 * diagonal of U^T M V (arXiv 2409.01035, definition 2). Projecting a change of W gives the change of its coordinates.
 */
public final class CoreProjection {
    private CoreProjection() {}

    /**
     * The projection of scale B A, as rowsum((U^T B) o (A V)^T), so that the product B A is never formed. Sums are in
     * double precision.
     *
     * @param svd of W, d_out x d_in
     * @param b B, d_out x r
     * @param a A, r x d_in
     * @param scale what the product is multiplied by, alpha / r for LoRA
     * @return n coordinates, in the order of the singular values
     * @throws IllegalArgumentException where the shapes disagree
     */
    public static float[] ofLowRank(SingularValueDecomposition svd, float[] b, float[] a, double scale) {
        int rank = b.length / svd.rows();
        if (b.length != (long) rank * svd.rows() || a.length != (long) rank * svd.columns()) {
            throw new IllegalArgumentException("B of " + b.length + " and A of " + a.length + " elements for W of "
                    + svd.rows() + " x " + svd.columns());
        }
        int n = svd.size();
        double[][] left = images(svd.u(), svd.rows(), n, b, 1, rank, rank);
        double[][] right = images(svd.v(), svd.columns(), n, a, svd.columns(), 1, rank);
        double[] sums = new double[n];
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < n; i++) {
                sums[i] += left[k][i] * right[k][i];
            }
        }
        return scaled(sums, scale);
    }

    /**
     * The projection of any matrix of the shape of W, such as the change by full fine-tuning; see {@link CoreDiagonal}.
     *
     * @param svd of W, d_out x d_in
     * @param matrix M, d_out x d_in
     * @return n coordinates, in the order of the singular values
     * @throws IllegalArgumentException where the shapes disagree
     */
    public static float[] ofDense(SingularValueDecomposition svd, float[] matrix) {
        return scaled(CoreDiagonal.of(svd, matrix), 1);
    }

    /**
     * The images x_k^T M of {@code count} vectors under M, {@code rows} x n. Element {@code row} of x_k is
     * {@code vectors[k * vectorStride + row * elementStride]}.
     *
     * <p>Four rows of M at a time are widened to doubles once and used for every vector: a loop over doubles only is
     * one that the compiler vectorises, and each sum is loaded and stored once for four products.
     */
    private static double[][] images(
            float[] m, int rows, int n, float[] vectors, int vectorStride, int elementStride, int count) {
        double[][] images = new double[count][n];
        double[] m0 = new double[n];
        double[] m1 = new double[n];
        double[] m2 = new double[n];
        double[] m3 = new double[n];
        for (int row = 0; row < rows; row += 4) {
            int present = Math.min(4, rows - row);
            widen(m, row * n, m0, true);
            widen(m, (row + 1) * n, m1, present > 1);
            widen(m, (row + 2) * n, m2, present > 2);
            widen(m, (row + 3) * n, m3, present > 3);
            for (int k = 0; k < count; k++) {
                int x = k * vectorStride + row * elementStride;
                double x0 = vectors[x];
                double x1 = present > 1 ? vectors[x + elementStride] : 0;
                double x2 = present > 2 ? vectors[x + 2 * elementStride] : 0;
                double x3 = present > 3 ? vectors[x + 3 * elementStride] : 0;
                addFour(images[k], m0, x0, m1, x1, m2, x2, m3, x3);
            }
        }
        return images;
    }

    private static void widen(float[] m, int from, double[] row, boolean present) {
        if (!present) {
            Arrays.fill(row, 0);
            return;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = m[from + i];
        }
    }

    private static void addFour(
            double[] sum,
            double[] m0,
            double x0,
            double[] m1,
            double x1,
            double[] m2,
            double x2,
            double[] m3,
            double x3) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += x0 * m0[i] + x1 * m1[i] + x2 * m2[i] + x3 * m3[i];
        }
    }

    private static float[] scaled(double[] sums, double scale) {
        float[] result = new float[sums.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (scale * sums[i]);
        }
        return result;
    }
}
