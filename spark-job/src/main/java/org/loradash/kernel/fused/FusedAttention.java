package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Reach;

/**
 * Attention by blocks of queries against the keys from the first to the last that the block sees: memory grows with the length
 * of a sequence, not with its square, and work with the pairs that see each other. The forward keeps only the logarithm of the
 * softmax's denominator and the backward computes the probabilities again (FlashAttention, arXiv 2205.14135). A tree is
 * walked in preorder, with what lies on the way from its root in an array, so that each segment is loaded once, and the
 * gradients of a segment's keys and values are sums over its descendants in the order of the walk.
 */
public final class FusedAttention {
    /** Rows of a block: queries, or a query's heads that share a key head, one after another. */
    static final int BLOCK = 32;

    // The numbers of scratch arrays: of the keys on the way to a segment, rows padded to whole vectors;
    static final int KEYS = 0;
    static final int SCALED_KEYS_TRANSPOSED = 1;
    static final int VALUES = 2;
    static final int VALUES_TRANSPOSED = 3;
    static final int D_KEYS = 4;
    static final int D_VALUES = 5;

    // and of one block of queries.
    static final int QUERIES = 6;
    static final int OUTS = 7;
    static final int WEIGHTS = 8;
    static final int D_OUTS = 9;
    static final int D_SCORES = 10;
    static final int LOGS = 18;
    static final int MEANS = 19;

    private FusedAttention() {}

    public static void forward(Attention.Forward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        if (shape.group() > 1 && shape.keyHeads() > 1) {
            eachByItself(of.cut(), scratch);
            return;
        }
        Forest forest = shape.forest();
        int keyHeads = shape.keyHeads();
        int group = shape.group();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        int row = keyHeads * width;
        int tokens = tokens(group);
        int height = forest.height();
        int stride = stride(seen(shape.reach(), height, tokens));
        float[] outs = scratch.floats(OUTS, (tokens * group + TILE_ROWS) * row);
        float[] weights = scratch.floats(WEIGHTS, (tokens * group + TILE_ROWS) * stride);
        float[] logs = scratch.floats(LOGS, tokens * group);
        AttentionPath path = AttentionPath.of(of.k(), of.v(), shape, d, height, scratch);
        for (int segment = 0; segment < forest.segments(); segment++) {
            int start = forest.start(segment);
            int before = forest.before(segment);
            int length = forest.length(segment);
            path.enter(forest, segment);
            for (int from = 0; from < length; from += tokens) {
                int count = Math.min(tokens, length - from);
                Scores scores = Scores.of(shape, group, before + from, count, before + length, stride);
                int rows = scores.rows();
                float[] queries = load(of.q(), start + from, count, shape.heads(), d, QUERIES, scratch);
                for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
                    int column = keyHead * width;
                    SmallProduct.multiply(
                            queries,
                            column,
                            row,
                            1,
                            path.scaledKeysTransposed(),
                            path.column(keyHead) + scores.first(),
                            path.stride(),
                            weights,
                            0,
                            stride,
                            rows,
                            padded(scores.seen()),
                            d,
                            Sum.NEW);
                    scores.softmax(weights, logs);
                    put(logs, of.logSumExp(), start + from, rows, keyHead, group);
                    SmallProduct.multiply(
                            weights,
                            0,
                            stride,
                            1,
                            path.values(),
                            scores.first() * row + column,
                            row,
                            outs,
                            column,
                            row,
                            rows,
                            width,
                            scores.seen(),
                            Sum.NEW);
                }
                store(outs, 0, 1, of.out(), start + from, count, shape.heads(), d);
            }
        }
    }

    public static void backward(Attention.Backward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        if (shape.group() > 1 && shape.keyHeads() > 1) {
            eachByItself(of.cut(), scratch);
            return;
        }
        Forest forest = shape.forest();
        int keyHeads = shape.keyHeads();
        int group = shape.group();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        int row = keyHeads * width;
        int tokens = tokens(group);
        int height = forest.height();
        int stride = stride(seen(shape.reach(), height, tokens));
        float[] weights = scratch.floats(WEIGHTS, (tokens * group + TILE_ROWS) * stride);
        float[] dScores = scratch.floats(D_SCORES, (tokens * group + TILE_ROWS) * stride);
        float[] logs = scratch.floats(LOGS, tokens * group);
        float[] means = scratch.floats(MEANS, tokens * group);
        AttentionPath path = AttentionPath.of(of.k(), of.v(), shape, d, height, scratch);
        float[] valuesTransposed = scratch.floats(VALUES_TRANSPOSED, keyHeads * d * path.stride());
        PathGradients gradients = PathGradients.of(of, d, height, scratch);
        for (int segment = 0; segment < forest.segments(); segment++) {
            int start = forest.start(segment);
            int before = forest.before(segment);
            int length = forest.length(segment);
            path.enter(forest, segment);
            path.transpose(path.values(), before, length, 1, valuesTransposed);
            gradients.enter(segment);
            for (int from = 0; from < length; from += tokens) {
                int count = Math.min(tokens, length - from);
                Scores scores = Scores.of(shape, group, before + from, count, before + length, stride);
                int rows = scores.rows();
                int seen = scores.seen();
                float[] queries = load(of.q(), start + from, count, shape.heads(), d, QUERIES, scratch);
                float[] outs = load(of.out(), start + from, count, shape.heads(), d, OUTS, scratch);
                float[] dOuts = load(of.dOut(), start + from, count, shape.heads(), d, D_OUTS, scratch);
                for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
                    int column = keyHead * width;
                    int key = scores.first() * row + column;
                    int keyTransposed = path.column(keyHead) + scores.first();
                    SmallProduct.multiply(
                            queries,
                            column,
                            row,
                            1,
                            path.scaledKeysTransposed(),
                            keyTransposed,
                            path.stride(),
                            weights,
                            0,
                            stride,
                            rows,
                            padded(seen),
                            d,
                            Sum.NEW);
                    SmallProduct.multiply(
                            dOuts,
                            column,
                            row,
                            1,
                            valuesTransposed,
                            keyTransposed,
                            path.stride(),
                            dScores,
                            0,
                            stride,
                            rows,
                            padded(seen),
                            d,
                            Sum.NEW);
                    for (int i = 0; i < rows; i++) {
                        means[i] = Lanes.dot(dOuts, column + i * row, outs, column + i * row, width);
                    }
                    take(of.logSumExp(), start + from, rows, keyHead, group, logs);
                    scores.softmaxBackward(weights, dScores, logs, means);
                    SmallProduct.multiply(
                            weights,
                            0,
                            1,
                            stride,
                            dOuts,
                            column,
                            row,
                            gradients.values(),
                            key,
                            row,
                            seen,
                            width,
                            rows,
                            Sum.ADDED);
                    SmallProduct.multiply(
                            dScores,
                            0,
                            1,
                            stride,
                            queries,
                            column,
                            row,
                            gradients.keys(),
                            key,
                            row,
                            seen,
                            width,
                            rows,
                            Sum.ADDED);
                    SmallProduct.multiply(
                            dScores,
                            0,
                            stride,
                            1,
                            path.keys(),
                            key,
                            row,
                            outs,
                            column,
                            row,
                            rows,
                            width,
                            seen,
                            Sum.NEW);
                }
                store(outs, 0, shape.scale(), of.dq(), start + from, count, shape.heads(), d);
            }
        }
        gradients.leaveTo(Forest.NONE);
    }

    private static void eachByItself(Cut cut, Scratch scratch) {
        for (int part = 0; part < cut.parts(); part++) {
            cut.part().apply(part).fused(scratch);
        }
    }

    /** Queries of a block, so that there are about as many rows whatever the group. */
    private static int tokens(int group) {
        return Math.max(1, BLOCK / group);
    }

    /** Of each row of one key head, the logarithm of its denominator. */
    static void put(float[] logs, Tensor to, int fromRow, int rows, int keyHead, int group) {
        FloatBuffer floats = to.floats();
        for (int i = 0; i < rows; i++) {
            floats.put((fromRow + i / group) * to.stride() + keyHead * group + i % group, logs[i]);
        }
    }

    static void take(Tensor from, int fromRow, int rows, int keyHead, int group, float[] logs) {
        FloatBuffer floats = from.floats();
        for (int i = 0; i < rows; i++) {
            logs[i] = floats.get((fromRow + i / group) * from.stride() + keyHead * group + i % group);
        }
    }

    /** How many keys a block of queries sees at most, from its first vector on. */
    static int seen(Reach reach, int length, int tokens) {
        return (int) Math.min(length, (long) reach.before() + reach.after() + tokens + COUNT);
    }

    /** An odd number of vectors, so that rows do not all fall on the same lines of the cache. */
    static int stride(int length) {
        return padded(length) | COUNT;
    }

    /** Rows of some heads side by side, each head's padded by zeros to whole vectors, and room for whole tiles. */
    static float[] load(Tensor x, int fromRow, int rows, int heads, int d, int number, Scratch scratch) {
        float[] loaded = scratch.floats(number, (rows + TILE_ROWS) * heads * padded(d));
        load(x, fromRow, rows, heads, d, loaded, 0);
        return loaded;
    }

    /** The same of one head alone. */
    static float[] loadHead(Tensor x, int fromRow, int rows, int head, int d, int number, Scratch scratch) {
        return load(x.columns(head * d, (head + 1) * d), fromRow, rows, 1, d, number, scratch);
    }

    /** The same into rows from a given one on. */
    static void load(Tensor x, int fromRow, int rows, int heads, int d, float[] to, int atRow) {
        int width = padded(d);
        // Heads that fill whole vectors are read together: a row that lies in one piece comes fast.
        int together = width == d ? heads : 1;
        FloatBuffer floats = x.floats();
        for (int i = 0; i < rows; i++) {
            for (int head = 0; head < heads; head += together) {
                int at = ((atRow + i) * heads + head) * width;
                floats.get((fromRow + i) * x.stride() + head * d, to, at, together * d);
                Arrays.fill(to, at + together * d, at + together * width, 0);
            }
        }
    }

    /** factor times the array's rows from a given one on, into rows of x. */
    static void store(float[] array, int atRow, float factor, Tensor x, int fromRow, int rows, int heads, int d) {
        int width = padded(d);
        int together = width == d ? heads : 1;
        FloatBuffer floats = x.floats();
        if (factor != 1) {
            Lanes.scale(array, atRow * heads * width, rows * heads * width, factor);
        }
        for (int i = 0; i < rows; i++) {
            for (int head = 0; head < heads; head += together) {
                int at = ((atRow + i) * heads + head) * width;
                floats.put((fromRow + i) * x.stride() + head * d, array, at, together * d);
            }
        }
    }

    /** The same of one head alone, from the array's beginning. */
    static void storeHead(float[] array, float factor, Tensor x, int fromRow, int rows, int head, int d) {
        store(array, 0, factor, x.columns(head * d, (head + 1) * d), fromRow, rows, 1, d);
    }

    /** factor * x^T: d rows of the given stride, x being rows x padded(d). */
    static float[] transpose(float[] x, int rows, int d, float factor, int stride, int number, Scratch scratch) {
        return transpose(x, rows, d, factor, stride, 0, number, scratch);
    }

    /** The same, each row behind so many elements of unknown content. */
    static float[] transpose(
            float[] x, int rows, int d, float factor, int stride, int before, int number, Scratch scratch) {
        float[] transposed = scratch.floats(number, d * stride);
        transpose(x, 0, padded(d), rows, d, factor, transposed, before, stride);
        return transposed;
    }

    /** Columns of some rows of x become rows: to[fromTo + j * rowOfTo + i] = factor * x[fromX + i * rowOfX + j]. */
    static void transpose(
            float[] x,
            int fromX,
            int rowOfX,
            int rows,
            int columns,
            float factor,
            float[] to,
            int fromTo,
            int rowOfTo) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                to[fromTo + j * rowOfTo + i] = factor * x[fromX + i * rowOfX + j];
            }
        }
    }

    static float[] zeros(int number, int count, Scratch scratch) {
        float[] zeroed = scratch.floats(number, count);
        Arrays.fill(zeroed, 0, count, 0);
        return zeroed;
    }
}
