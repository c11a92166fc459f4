package org.loradash.tsd.direction;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * The s core directions that a task moves most, with their vectors (arXiv 2409.01035, definition 4).
 *
 * @param indices the s chosen indices, best first
 * @param u U_s, d_out x s, row-major; column j is u of {@code indices[j]}
 * @param v V_s, d_in x s, row-major; column j is v of {@code indices[j]}
 */
public record TaskSpecificDirections(int[] indices, float[] u, float[] v) {
    /** The directions of a decomposition at those indices, in that order. */
    public static TaskSpecificDirections of(SingularValueDecomposition svd, int[] indices) {
        return new TaskSpecificDirections(
                indices.clone(),
                columns(svd.u(), svd.rows(), svd.size(), indices),
                columns(svd.v(), svd.columns(), svd.size(), indices));
    }

    /**
     * The indices of the highest change rates, best first; of equal ones the smaller index first.
     *
     * @param count how many, at least 0; all where there are fewer
     * @throws IllegalArgumentException where count is negative or a change rate is NaN
     */
    public static int[] choose(float[] changeRates, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " (must not be negative)");
        }
        for (int i = 0; i < changeRates.length; i++) {
            if (Float.isNaN(changeRates[i])) {
                throw new IllegalArgumentException("change rate of direction " + i + ": NaN (must be a number)");
            }
        }
        return IntStream.range(0, changeRates.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -changeRates[i]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The directions u v^T one by one, best first. */
    public List<RankOne> rankOnes() {
        int rows = indices.length == 0 ? 0 : u.length / indices.length;
        int columns = indices.length == 0 ? 0 : v.length / indices.length;
        return IntStream.range(0, indices.length)
                .mapToObj(j -> new RankOne(column(u, rows, j), column(v, columns, j)))
                .toList();
    }

    private float[] column(float[] matrix, int rows, int j) {
        float[] column = new float[rows];
        for (int row = 0; row < rows; row++) {
            column[row] = matrix[row * indices.length + j];
        }
        return column;
    }

    private static float[] columns(float[] matrix, int rows, int columns, int[] chosen) {
        float[] result = new float[rows * chosen.length];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < chosen.length; j++) {
                result[row * chosen.length + j] = matrix[row * columns + chosen[j]];
            }
        }
        return result;
    }
}
