package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.kernel.operation.SquaredError;
import org.loradash.kernel.operation.Targets;

/**
 * Cross-entropy in two passes over each row of logits: one for maximum and denominator together (the online softmax of
 * arXiv 1805.02867, by blocks), one that writes the gradient.
 */
public final class FusedLoss {
    /** Values of a block, which stays in the first cache. */
    private static final int BLOCK = 4096;

    private FusedLoss() {}

    public static double crossEntropy(CrossEntropy of, Scratch scratch) {
        float[] block = scratch.floats(0, BLOCK);
        float[] slopes = scratch.floats(1, BLOCK);
        Targets targets = of.targets();
        float[] ofTargets = scratch.floats(2, targets.tokens().length);
        FloatBuffer floats = of.logits().floats();
        int vocabulary = of.logits().columns();
        double loss = 0;
        for (int row = 0; row < targets.rows(); row++) {
            int at = row * vocabulary;
            int weight = targets.weight(row);
            Softmax softmax = softmax(floats, at, vocabulary, block);
            double ofRow = weight * softmax.logDenominator();
            float factor = (float) (weight * of.scale() / softmax.denominator);
            for (int i = targets.starts()[row]; i < targets.starts()[row + 1]; i++) {
                float logit = floats.get(at + targets.tokens()[i]);
                float wanted = targets.counts()[i] * of.scale();
                ofRow -= targets.counts()[i] * (double) logit;
                ofTargets[i] = of.isCapped() ? wanted * slope(logit, of.cap()) : wanted;
            }
            loss += ofRow;
            for (int from = 0; from < vocabulary; from += BLOCK) {
                int count = Math.min(BLOCK, vocabulary - from);
                int padded = load(floats, at + from, block, count);
                if (of.isCapped()) {
                    slopes(block, of.cap(), slopes, count);
                }
                Lanes.exp(block, 0, padded, softmax.maximum);
                Lanes.scale(block, 0, padded, factor);
                if (of.isCapped()) {
                    Lanes.multiply(block, slopes, count);
                }
                floats.put(at + from, block, 0, count);
            }
            for (int i = targets.starts()[row]; i < targets.starts()[row + 1]; i++) {
                int target = at + targets.tokens()[i];
                floats.put(target, floats.get(target) - ofTargets[i]);
            }
        }
        return loss;
    }

    /** What the cap's tanh has for a slope where it gives a logit. */
    private static float slope(float logit, float cap) {
        float share = logit / cap;
        return 1 - share * share;
    }

    private static void slopes(float[] logits, float cap, float[] out, int count) {
        for (int i = 0; i < count; i++) {
            out[i] = slope(logits[i], cap);
        }
    }

    public static double squaredError(SquaredError of) {
        FloatBuffer values = of.values().floats();
        double sum = 0;
        for (int i = 0; i < of.targets().length; i++) {
            double difference = (double) values.get(i) - of.targets()[i];
            sum += difference * difference;
            values.put(i, (float) (2 * of.scale() * difference));
        }
        return sum;
    }

    public static void logSumExp(LogSumExp of, Scratch scratch) {
        float[] block = scratch.floats(0, BLOCK);
        int columns = of.x().columns();
        for (int row = 0; row < of.x().rows(); row++) {
            Softmax softmax = softmax(of.x().floats(), row * columns, columns, block);
            of.out().floats().put(row, (float) softmax.logDenominator());
        }
    }

    /** The maximum of a row and sum(e^(x - maximum)). */
    private record Softmax(float maximum, double denominator) {
        double logDenominator() {
            return maximum + Math.log(denominator);
        }
    }

    private static Softmax softmax(FloatBuffer floats, int at, int columns, float[] block) {
        float maximum = -Float.MAX_VALUE;
        double denominator = 0;
        for (int from = 0; from < columns; from += BLOCK) {
            int padded = load(floats, at + from, block, Math.min(BLOCK, columns - from));
            // Finite, so that infinity less the maximum is infinity; or no number, which no comparison notices.
            float newMaximum = Math.min(Lanes.maximum(block, 0, padded, maximum), Float.MAX_VALUE);
            Lanes.exp(block, 0, padded, newMaximum);
            if (!(newMaximum <= maximum)) {
                denominator *= Math.exp((double) maximum - newMaximum);
                maximum = newMaximum;
            }
            denominator += Lanes.sum(block, 0, padded);
        }
        return new Softmax(maximum, denominator);
    }

    /** Fills the block, up to a whole vector with what no softmax notices; returns how many values it then holds. */
    private static int load(FloatBuffer floats, int at, float[] block, int count) {
        floats.get(at, block, 0, count);
        Arrays.fill(block, count, padded(count), Float.NEGATIVE_INFINITY);
        return padded(count);
    }
}
