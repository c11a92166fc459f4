package org.loradash.kernel;

import static org.loradash.kernel.Lanes.COUNT;
import static org.loradash.kernel.Lanes.FLOATS;
import static org.loradash.kernel.Lanes.atLeast;
import static org.loradash.kernel.Lanes.padded;
import static org.loradash.kernel.SmallProduct.TILE_ROWS;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.SmallProduct.Sum;

/**
 * Causal attention by blocks of queries against all keys up to the block's last: memory grows with the length of a
 * sequence, not with its square. The forward keeps only the logarithm of the softmax's denominator and the backward
 * computes the probabilities again (FlashAttention, arXiv 2205.14135).
 */
final class FusedAttention {
    /** Queries of a block. */
    static final int BLOCK = 32;

    /** Below every score. */
    private static final float MASKED = -1e30f;

    // One key head of one sequence, rows padded to whole vectors.
    private float[] keys = {};
    private float[] scaledKeysTransposed = {};
    private float[] values = {};
    private float[] valuesTransposed = {};
    private float[] dKeys = {};
    private float[] dValues = {};

    // One block of queries of one head.
    private float[] queries = {};
    private float[] outs = {};
    private float[] dOuts = {};
    private float[] weights = {};
    private float[] dScores = {};

    void forward(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor out,
            Tensor logSumExp) {
        int d = q.columns() / heads;
        int width = padded(d);
        int group = heads / keyHeads;
        reserveBlock(longest(starts), width);
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int start = starts[sequence];
            int length = starts[sequence + 1] - start;
            int stride = stride(length);
            for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
                keys = load(k, start, length, keyHead, d, keys);
                values = load(v, start, length, keyHead, d, values);
                scaledKeysTransposed = transpose(keys, length, d, scale, stride, scaledKeysTransposed);
                for (int head = keyHead * group; head < (keyHead + 1) * group; head++) {
                    for (int from = 0; from < length; from += BLOCK) {
                        int rows = Math.min(BLOCK, length - from);
                        int seen = from + rows;
                        queries = load(q, start + from, rows, head, d, queries);
                        SmallProduct.multiply(
                                queries,
                                width,
                                1,
                                scaledKeysTransposed,
                                stride,
                                weights,
                                stride,
                                rows,
                                padded(seen),
                                d,
                                Sum.NEW);
                        for (int i = 0; i < rows; i++) {
                            float denominator = softmax(weights, i * stride, from + i + 1, padded(seen));
                            logSumExp.floats().put((start + from + i) * logSumExp.stride() + head, denominator);
                        }
                        SmallProduct.multiply(
                                weights, stride, 1, values, width, outs, width, rows, width, seen, Sum.NEW);
                        store(outs, 1, out, start + from, rows, head, d);
                    }
                }
            }
        }
    }

    void backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor dq,
            Tensor dk,
            Tensor dv) {
        int d = q.columns() / heads;
        int width = padded(d);
        int group = heads / keyHeads;
        reserveBlock(longest(starts), width);
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int start = starts[sequence];
            int length = starts[sequence + 1] - start;
            int stride = stride(length);
            for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
                keys = load(k, start, length, keyHead, d, keys);
                values = load(v, start, length, keyHead, d, values);
                scaledKeysTransposed = transpose(keys, length, d, scale, stride, scaledKeysTransposed);
                valuesTransposed = transpose(values, length, d, 1, stride, valuesTransposed);
                dKeys = zeros(dKeys, padded(length) * width);
                dValues = zeros(dValues, padded(length) * width);
                for (int head = keyHead * group; head < (keyHead + 1) * group; head++) {
                    for (int from = 0; from < length; from += BLOCK) {
                        int rows = Math.min(BLOCK, length - from);
                        int seen = from + rows;
                        int paddedSeen = padded(seen);
                        queries = load(q, start + from, rows, head, d, queries);
                        outs = load(out, start + from, rows, head, d, outs);
                        dOuts = load(dOut, start + from, rows, head, d, dOuts);
                        SmallProduct.multiply(
                                queries,
                                width,
                                1,
                                scaledKeysTransposed,
                                stride,
                                weights,
                                stride,
                                rows,
                                paddedSeen,
                                d,
                                Sum.NEW);
                        SmallProduct.multiply(
                                dOuts,
                                width,
                                1,
                                valuesTransposed,
                                stride,
                                dScores,
                                stride,
                                rows,
                                paddedSeen,
                                d,
                                Sum.NEW);
                        for (int i = 0; i < rows; i++) {
                            float denominator = logSumExp.floats().get((start + from + i) * logSumExp.stride() + head);
                            float mean = Lanes.dot(dOuts, i * width, outs, i * width, width);
                            softmaxBackward(i * stride, from + i + 1, paddedSeen, denominator, mean);
                        }
                        SmallProduct.multiply(
                                weights, 1, stride, dOuts, width, dValues, width, seen, width, rows, Sum.ADDED);
                        SmallProduct.multiply(
                                dScores, 1, stride, queries, width, dKeys, width, seen, width, rows, Sum.ADDED);
                        SmallProduct.multiply(dScores, stride, 1, keys, width, outs, width, rows, width, seen, Sum.NEW);
                        store(outs, scale, dq, start + from, rows, head, d);
                    }
                }
                store(dKeys, scale, dk, start, length, keyHead, d);
                store(dValues, 1, dv, start, length, keyHead, d);
            }
        }
    }

    /**
     * Scores of one query become probabilities, those of its future zero.
     *
     * @return the logarithm of the softmax's denominator
     */
    static float softmax(float[] scores, int at, int past, int seen) {
        int paddedPast = padded(past);
        Arrays.fill(scores, at + past, at + paddedPast, MASKED);
        Arrays.fill(scores, at + paddedPast, at + seen, 0);
        float maximum = Lanes.maximum(scores, at, paddedPast, MASKED);
        Lanes.exp(scores, at, paddedPast, maximum);
        Arrays.fill(scores, at + past, at + paddedPast, 0);
        float sum = Lanes.sum(scores, at, paddedPast);
        Lanes.scale(scores, at, paddedPast, 1 / sum);
        return maximum + (float) Math.log(sum);
    }

    /** weights: scores to probabilities; dScores: those of the probabilities to those of the scores. */
    private void softmaxBackward(int at, int past, int seen, float denominator, float mean) {
        Lanes.exp(weights, at, seen, denominator);
        for (int j = at; j < at + seen; j += COUNT) {
            FloatVector.fromArray(FLOATS, dScores, j)
                    .sub(mean)
                    .mul(FloatVector.fromArray(FLOATS, weights, j))
                    .intoArray(dScores, j);
        }
        Arrays.fill(weights, at + past, at + seen, 0);
        Arrays.fill(dScores, at + past, at + seen, 0);
    }

    private static int longest(int[] starts) {
        int longest = 0;
        for (int i = 1; i < starts.length; i++) {
            longest = Math.max(longest, starts[i] - starts[i - 1]);
        }
        return longest;
    }

    /** An odd number of vectors, so that rows do not all fall on the same lines of the cache. */
    static int stride(int length) {
        return padded(length) | COUNT;
    }

    private void reserveBlock(int longest, int width) {
        weights = atLeast(weights, BLOCK * stride(longest));
        dScores = atLeast(dScores, BLOCK * stride(longest));
        queries = atLeast(queries, BLOCK * width);
        outs = atLeast(outs, BLOCK * width);
        dOuts = atLeast(dOuts, BLOCK * width);
    }

    /** One head's rows into an array with rows padded by zeros, and room for whole tiles. */
    static float[] load(Tensor x, int fromRow, int rows, int head, int d, float[] array) {
        int width = padded(d);
        float[] loaded = atLeast(array, (rows + TILE_ROWS) * width);
        FloatBuffer floats = x.floats();
        for (int i = 0; i < rows; i++) {
            floats.get((fromRow + i) * x.stride() + head * d, loaded, i * width, d);
            Arrays.fill(loaded, i * width + d, (i + 1) * width, 0);
        }
        return loaded;
    }

    static void store(float[] array, float factor, Tensor x, int fromRow, int rows, int head, int d) {
        int width = padded(d);
        FloatBuffer floats = x.floats();
        if (factor != 1) {
            Lanes.scale(array, 0, rows * width, factor);
        }
        for (int i = 0; i < rows; i++) {
            floats.put((fromRow + i) * x.stride() + head * d, array, i * width, d);
        }
    }

    /** factor * x^T: d rows of the given stride, x being rows x padded(d). */
    static float[] transpose(float[] x, int rows, int d, float factor, int stride, float[] array) {
        float[] transposed = atLeast(array, d * stride);
        int width = padded(d);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < d; j++) {
                transposed[j * stride + i] = factor * x[i * width + j];
            }
        }
        return transposed;
    }

    private static float[] zeros(float[] array, int count) {
        float[] zeroed = atLeast(array, count);
        Arrays.fill(zeroed, 0, count, 0);
        return zeroed;
    }
}
