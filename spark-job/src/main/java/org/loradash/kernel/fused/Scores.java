package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Reach;

/**
 * How a block of queries meets keys, from the first to the last that one of them sees: a row of products for each query, or
 * one for each head of a group and query.
 *
 * @param shape who attends to whom
 * @param group rows in succession that are one query's
 * @param place of the first query among the keys
 * @param queries of the block
 * @param first key of a row, a multiple of a vector's length
 * @param keys how many there are, those that no query of the block sees among them
 * @param at where the first row begins in an array
 * @param stride of rows there
 */
record Scores(AttentionShape shape, int group, int place, int queries, int first, int keys, int at, int stride) {
    /** The score of a key that a query does not see: its probability is zero. */
    private static final float MASKED = Float.NEGATIVE_INFINITY;

    /** Below every score that is finite; the largest one of a row is subtracted, and must be so too. */
    private static final float LEAST = -1e30f;

    /** A block of queries of a sequence of so many keys, rows as near to the array's beginning as may be. */
    static Scores of(AttentionShape shape, int group, int place, int queries, int keys, int stride) {
        return new Scores(shape, group, place, queries, shape.reach().first(place) & -COUNT, keys, 0, stride);
    }

    /** Queries that see all keys, rows beginning at a place of their own. */
    static Scores ofAll(AttentionShape shape, int queries, int keys, int at, int stride) {
        return new Scores(shape, 1, 0, queries, 0, keys, at, stride);
    }

    int rows() {
        return queries * group;
    }

    /** Keys of a row. */
    int seen() {
        return shape.reach().end(place + queries - 1, keys) - first;
    }

    /**
     * Products become probabilities, zero for keys that a query does not see.
     *
     * @param logs of each row, where the logarithm of the softmax's denominator is put
     */
    void softmax(float[] products, float[] logs) {
        int count = padded(seen());
        for (int row = 0; row < rows(); row++) {
            if (shape.isCapped()) {
                CappedScores.apply(products, at + row * stride, count, shape.cap());
            }
            fillUnseen(products, row, count, MASKED);
        }
        for (int row = 0; row < rows(); row++) {
            logs[row] = Lanes.maximum(products, at + row * stride, count, LEAST);
        }
        for (int row = 0; row < rows(); row++) {
            int from = at + row * stride;
            float sum = Lanes.exp(products, from, count, logs[row]);
            Lanes.scale(products, from, count, 1 / sum);
            logs[row] += (float) Math.log(sum);
        }
    }

    /**
     * weights: products to probabilities; gradients: those of the probabilities to those of the products.
     *
     * @param logs of each row, as {@link #softmax} has made them
     * @param means of each row, of the gradients of its probabilities
     */
    void softmaxBackward(float[] weights, float[] gradients, float[] logs, float[] means) {
        int count = padded(seen());
        for (int row = 0; row < rows(); row++) {
            int from = at + row * stride;
            float subtracted = means[row];
            if (shape.isCapped()) {
                CappedScores.apply(weights, from, count, shape.cap());
                CappedScores.backward(weights, gradients, from, count, shape.cap(), subtracted);
                subtracted = 0;
            }
            fillUnseen(weights, row, count, MASKED);
            Lanes.exp(weights, from, count, logs[row]);
            multiply(weights, gradients, from, count, subtracted);
            fillUnseen(gradients, row, count, 0);
        }
    }

    /** gradients[i] = (gradients[i] - mean) * weights[i] for whole vectors. */
    private static void multiply(float[] weights, float[] gradients, int from, int count, float mean) {
        for (int i = from; i < from + count; i += COUNT) {
            FloatVector.fromArray(FLOATS, gradients, i)
                    .sub(mean)
                    .mul(FloatVector.fromArray(FLOATS, weights, i))
                    .intoArray(gradients, i);
        }
    }

    private void fillUnseen(float[] values, int row, int count, float value) {
        int query = place + row / group;
        Reach reach = shape.reach();
        int from = at + row * stride;
        int begin = reach.first(query) - first;
        int end = reach.end(query, keys) - first;
        Arrays.fill(values, from, from + begin, value);
        Arrays.fill(values, from + end, from + count, value);
    }
}
