package org.loradash.kernel;

import static org.loradash.kernel.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Cross-entropy in two passes over each row of logits: one for maximum and denominator together (the online softmax of
 * arXiv 1805.02867, by blocks), one that writes the gradient.
 */
final class FusedLoss {
    /** Values of a block, which stays in the first cache. */
    private static final int BLOCK = 4096;

    private final float[] block = new float[BLOCK];
    private double denominator;
    private float maximum;

    double crossEntropy(Tensor logits, int[] targets, float scale) {
        FloatBuffer floats = logits.floats();
        int vocabulary = logits.columns();
        double loss = 0;
        for (int row = 0; row < targets.length; row++) {
            int at = row * vocabulary;
            sum(floats, at, vocabulary);
            loss += maximum + Math.log(denominator) - floats.get(at + targets[row]);
            float factor = (float) (scale / denominator);
            for (int from = 0; from < vocabulary; from += BLOCK) {
                int count = Math.min(BLOCK, vocabulary - from);
                probabilities(load(floats, at + from, count), factor);
                floats.put(at + from, block, 0, count);
            }
            int target = at + targets[row];
            floats.put(target, floats.get(target) - scale);
        }
        return loss;
    }

    void logSumExp(Tensor x, Tensor out) {
        for (int row = 0; row < x.rows(); row++) {
            sum(x.floats(), row * x.columns(), x.columns());
            out.floats().put(row, (float) (maximum + Math.log(denominator)));
        }
    }

    /** The softmax's maximum and denominator over a row. */
    private void sum(FloatBuffer floats, int at, int columns) {
        maximum = Float.NEGATIVE_INFINITY;
        denominator = 0;
        for (int from = 0; from < columns; from += BLOCK) {
            addToDenominator(load(floats, at + from, Math.min(BLOCK, columns - from)));
        }
    }

    /** Fills the block, up to a whole vector with what no softmax notices; returns how many values it then holds. */
    private int load(FloatBuffer floats, int at, int count) {
        floats.get(at, block, 0, count);
        Arrays.fill(block, count, padded(count), -Float.MAX_VALUE);
        return padded(count);
    }

    private void addToDenominator(int count) {
        float newMaximum = Lanes.maximum(block, 0, count, maximum);
        Lanes.exp(block, 0, count, newMaximum);
        if (newMaximum > maximum) {
            denominator *= Math.exp((double) maximum - newMaximum);
            maximum = newMaximum;
        }
        denominator += Lanes.sum(block, 0, count);
    }

    private void probabilities(int count, float factor) {
        Lanes.exp(block, 0, count, maximum);
        Lanes.scale(block, 0, count, factor);
    }
}
