package org.loradash.tsd.direction;

import java.util.Arrays;
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
        double[] left = new double[n];
        double[] right = new double[n];
        double[] sums = new double[n];
        for (int k = 0; k < rank; k++) {
            multiply(left, svd.u(), b, k, rank, svd.rows());
            multiply(right, svd.v(), a, k * svd.columns(), 1, svd.columns());
            for (int i = 0; i < n; i++) {
                sums[i] += left[i] * right[i];
            }
        }
        return scaled(sums, scale);
    }

    /**
     * The projection of any matrix of the shape of W, such as the change by full fine-tuning.
     *
     * @param svd of W, d_out x d_in
     * @param matrix M, d_out x d_in
     * @return n coordinates, in the order of the singular values
     * @throws IllegalArgumentException where the shapes disagree
     */
    public static float[] ofDense(SingularValueDecomposition svd, float[] matrix) {
        if (matrix.length != (long) svd.rows() * svd.columns()) {
            throw new IllegalArgumentException(
                    "M of " + matrix.length + " elements for W of " + svd.rows() + " x " + svd.columns());
        }
        int n = svd.size();
        double[] image = new double[n];
        double[] sums = new double[n];
        for (int row = 0; row < svd.rows(); row++) {
            multiply(image, svd.v(), matrix, row * svd.columns(), 1, svd.columns());
            int u = row * n;
            for (int i = 0; i < n; i++) {
                sums[i] += svd.u()[u + i] * image[i];
            }
        }
        return scaled(sums, 1);
    }

    /**
     * Sets {@code result} to x^T M, M of {@code rows} x n, x the elements of {@code vector} from {@code start} on at
     * that stride. Four rows at a time, so that a sum is loaded and stored once for four products.
     */
    private static void multiply(double[] result, float[] m, float[] vector, int start, int stride, int rows) {
        int n = result.length;
        Arrays.fill(result, 0);
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            double x0 = vector[start + row * stride];
            double x1 = vector[start + (row + 1) * stride];
            double x2 = vector[start + (row + 2) * stride];
            double x3 = vector[start + (row + 3) * stride];
            int at0 = row * n;
            int at1 = at0 + n;
            int at2 = at1 + n;
            int at3 = at2 + n;
            for (int i = 0; i < n; i++) {
                result[i] += x0 * m[at0 + i] + x1 * m[at1 + i] + x2 * m[at2 + i] + x3 * m[at3 + i];
            }
        }
        for (; row < rows; row++) {
            double x = vector[start + row * stride];
            for (int i = 0; i < n; i++) {
                result[i] += x * m[row * n + i];
            }
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
