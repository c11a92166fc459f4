package org.loradash.tsd.similarity;

import java.util.List;
import org.loradash.tsd.direction.CoreBasis;
import org.loradash.tsd.direction.RankOne;
import org.loradash.tsd.direction.TaskSpecificDirections;

/**
 * How similar the task-specific directions of two tasks are, rank by rank: |&lt;u_i v_i^T, u'_j v'_j^T&gt;|, from 0 for
 * directions at right angles to 1 for one and the same (arXiv 2409.01035, the heat maps of subjects).
 *
 * @param rows s, the directions of the first task
 * @param columns s', those of the second
 * @param values rows x columns, row-major: that of rank i of the first and rank j of the second at i columns + j
 */
public record Similarity(int rows, int columns, double[] values) {
    public Similarity {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException(values.length + " similarities of " + rows + " x " + columns);
        }
    }

    /**
     * Compares directions of matrices of one shape, the decompositions of which may differ.
     *
     * @throws IllegalArgumentException where the shapes differ
     */
    public static Similarity of(TaskSpecificDirections first, TaskSpecificDirections second) {
        return of(first.rankOnes(), second.rankOnes());
    }

    /** Compares two rankings of one matrix's core directions. */
    public static Similarity of(CoreBasis basis, int[] first, int[] second) {
        return of(TaskSpecificDirections.of(basis.svd(), first), TaskSpecificDirections.of(basis.svd(), second));
    }

    private static Similarity of(List<RankOne> first, List<RankOne> second) {
        double[] values = new double[first.size() * second.size()];
        for (int i = 0; i < first.size(); i++) {
            for (int j = 0; j < second.size(); j++) {
                values[i * second.size() + j] = Math.abs(first.get(i).inner(second.get(j)));
            }
        }
        return new Similarity(first.size(), second.size(), values);
    }

    /** That of rank i of the first task and rank j of the second, both from 0. */
    public double at(int i, int j) {
        return values[i * columns + j];
    }

    /** How many directions of the first task have one of the second that is closer than the threshold. */
    public int shared(double threshold) {
        int shared = 0;
        for (int i = 0; i < rows; i++) {
            boolean found = false;
            for (int j = 0; j < columns; j++) {
                found |= at(i, j) >= threshold;
            }
            shared += found ? 1 : 0;
        }
        return shared;
    }
}
