package org.loradash.kernel;

import static org.loradash.kernel.Lanes.COUNT;
import static org.loradash.kernel.Lanes.FLOATS;
import static org.loradash.kernel.Lanes.atLeast;
import static org.loradash.kernel.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Cross-entropy in two passes over the logits: one for each column's maximum and denominator together (the online
 * softmax of arXiv 1805.02867, by blocks of rows), one that writes the gradient.
 */
final class FusedLoss {
    /** Values of a block, so that it stays in the first cache, unless it would have fewer rows than the least. */
    private static final int BLOCK = 8192;

    private static final int LEAST_ROWS = 16;

    private float[] block = {};
    private float[] maxima = {};
    private float[] newMaxima = {};
    private float[] sums = {};
    private float[] factors = {};
    private double[] denominators = {};

    double crossEntropy(Tensor logits, int[] targets, float scale) {
        int n = targets.length;
        int width = padded(n);
        int blockRows = Math.max(LEAST_ROWS, BLOCK / width);
        reserve(width, blockRows);
        FloatBuffer floats = logits.floats();
        for (int from = 0; from < logits.rows(); from += blockRows) {
            int rows = Math.min(blockRows, logits.rows() - from);
            load(floats, from, rows, n, width);
            addToDenominators(rows, n, width);
        }
        double loss = 0;
        for (int j = 0; j < n; j++) {
            loss += maxima[j] + Math.log(denominators[j]) - floats.get(targets[j] * n + j);
            factors[j] = (float) (scale / denominators[j]);
        }
        for (int from = 0; from < logits.rows(); from += blockRows) {
            int rows = Math.min(blockRows, logits.rows() - from);
            load(floats, from, rows, n, width);
            probabilities(rows, width);
            for (int i = 0; i < rows; i++) {
                floats.put((from + i) * n, block, i * width, n);
            }
        }
        for (int j = 0; j < n; j++) {
            int at = targets[j] * n + j;
            floats.put(at, floats.get(at) - scale);
        }
        return loss;
    }

    private void reserve(int width, int blockRows) {
        block = atLeast(block, width * blockRows);
        maxima = atLeast(maxima, width);
        newMaxima = atLeast(newMaxima, width);
        sums = atLeast(sums, width);
        factors = atLeast(factors, width);
        if (denominators.length < width) {
            denominators = new double[width];
        }
        Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
        Arrays.fill(denominators, 0);
    }

    private void load(FloatBuffer floats, int from, int rows, int n, int width) {
        for (int i = 0; i < rows; i++) {
            floats.get((from + i) * n, block, i * width, n);
        }
    }

    private void addToDenominators(int rows, int n, int width) {
        for (int j = 0; j < width; j += COUNT) {
            FloatVector maximum = FloatVector.fromArray(FLOATS, maxima, j);
            for (int i = 0; i < rows; i++) {
                maximum = maximum.max(FloatVector.fromArray(FLOATS, block, i * width + j));
            }
            maximum.intoArray(newMaxima, j);
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = 0; i < rows; i++) {
                sum = sum.add(Lanes.exp(
                        FloatVector.fromArray(FLOATS, block, i * width + j).sub(maximum)));
            }
            sum.intoArray(sums, j);
        }
        for (int j = 0; j < n; j++) {
            if (newMaxima[j] > maxima[j]) {
                denominators[j] *= Math.exp((double) maxima[j] - newMaxima[j]);
                maxima[j] = newMaxima[j];
            }
            denominators[j] += sums[j];
        }
    }

    private void probabilities(int rows, int width) {
        for (int j = 0; j < width; j += COUNT) {
            FloatVector maximum = FloatVector.fromArray(FLOATS, maxima, j);
            FloatVector factor = FloatVector.fromArray(FLOATS, factors, j);
            for (int i = 0; i < rows; i++) {
                Lanes.exp(FloatVector.fromArray(FLOATS, block, i * width + j).sub(maximum))
                        .mul(factor)
                        .intoArray(block, i * width + j);
            }
        }
    }
}
