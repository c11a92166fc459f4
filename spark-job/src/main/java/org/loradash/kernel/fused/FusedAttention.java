package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
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
    /** Queries of a block. */
    static final int BLOCK = 32;

    /** Below every score. */
    private static final float MASKED = -1e30f;

    // The numbers of scratch arrays: of one key head of one sequence, rows padded to whole vectors;
    static final int KEYS = 0;
    static final int SCALED_KEYS_TRANSPOSED = 1;
    static final int VALUES = 2;
    static final int VALUES_TRANSPOSED = 3;
    static final int D_KEYS = 4;
    static final int D_VALUES = 5;

    // and of one block of queries of one head.
    static final int QUERIES = 6;
    static final int OUTS = 7;
    static final int WEIGHTS = 8;
    static final int D_OUTS = 9;
    static final int D_SCORES = 10;

    private FusedAttention() {}

    public static void forward(Attention.Forward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        Forest forest = shape.forest();
        Reach reach = shape.reach();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        int height = forest.height();
        int keyStride = stride(height);
        int stride = stride(seen(reach, height));
        float[] outs = scratch.floats(OUTS, BLOCK * width);
        float[] weights = scratch.floats(WEIGHTS, BLOCK * stride);
        for (int keyHead = 0; keyHead < shape.keyHeads(); keyHead++) {
            AttentionPath path = AttentionPath.of(of.k(), of.v(), keyHead, d, height, scratch);
            float[] scaledKeysTransposed = scratch.floats(SCALED_KEYS_TRANSPOSED, d * keyStride);
            for (int segment = 0; segment < forest.segments(); segment++) {
                int start = forest.start(segment);
                int before = forest.before(segment);
                int length = forest.length(segment);
                path.enter(forest, segment);
                transpose(path.keys(), before, length, d, shape.scale(), keyStride, scaledKeysTransposed);
                for (int head = keyHead * shape.group(); head < (keyHead + 1) * shape.group(); head++) {
                    for (int from = 0; from < length; from += BLOCK) {
                        int rows = Math.min(BLOCK, length - from);
                        int place = before + from;
                        int first = firstVector(reach, place);
                        int seen = reach.end(place + rows - 1, before + length) - first;
                        float[] queries = load(of.q(), start + from, rows, head, d, QUERIES, scratch);
                        SmallProduct.multiply(
                                queries,
                                0,
                                width,
                                1,
                                scaledKeysTransposed,
                                first,
                                keyStride,
                                weights,
                                0,
                                stride,
                                rows,
                                padded(seen),
                                d,
                                Sum.NEW);
                        for (int i = 0; i < rows; i++) {
                            int begin = reach.first(place + i) - first;
                            int end = reach.end(place + i, before + length) - first;
                            float denominator = softmax(weights, i * stride, begin, end, padded(seen), shape);
                            put(of.logSumExp(), start + from + i, head, denominator);
                        }
                        SmallProduct.multiply(
                                weights,
                                0,
                                stride,
                                1,
                                path.values(),
                                first * width,
                                width,
                                outs,
                                0,
                                width,
                                rows,
                                width,
                                seen,
                                Sum.NEW);
                        store(outs, 1, of.out(), start + from, rows, head, d);
                    }
                }
            }
        }
    }

    public static void backward(Attention.Backward of, Scratch scratch) {
        AttentionShape shape = of.shape();
        Forest forest = shape.forest();
        Reach reach = shape.reach();
        int d = of.q().columns() / shape.heads();
        int width = padded(d);
        int height = forest.height();
        int keyStride = stride(height);
        int stride = stride(seen(reach, height));
        float[] weights = scratch.floats(WEIGHTS, BLOCK * stride);
        float[] dScores = scratch.floats(D_SCORES, BLOCK * stride);
        for (int keyHead = 0; keyHead < shape.keyHeads(); keyHead++) {
            AttentionPath path = AttentionPath.of(of.k(), of.v(), keyHead, d, height, scratch);
            PathGradients gradients = PathGradients.of(of, keyHead, d, height, scratch);
            float[] scaledKeysTransposed = scratch.floats(SCALED_KEYS_TRANSPOSED, d * keyStride);
            float[] valuesTransposed = scratch.floats(VALUES_TRANSPOSED, d * keyStride);
            for (int segment = 0; segment < forest.segments(); segment++) {
                int start = forest.start(segment);
                int before = forest.before(segment);
                int length = forest.length(segment);
                path.enter(forest, segment);
                gradients.enter(segment);
                transpose(path.keys(), before, length, d, shape.scale(), keyStride, scaledKeysTransposed);
                transpose(path.values(), before, length, d, 1, keyStride, valuesTransposed);
                for (int head = keyHead * shape.group(); head < (keyHead + 1) * shape.group(); head++) {
                    for (int from = 0; from < length; from += BLOCK) {
                        int rows = Math.min(BLOCK, length - from);
                        int place = before + from;
                        int first = firstVector(reach, place);
                        int seen = reach.end(place + rows - 1, before + length) - first;
                        int paddedSeen = padded(seen);
                        float[] queries = load(of.q(), start + from, rows, head, d, QUERIES, scratch);
                        float[] outs = load(of.out(), start + from, rows, head, d, OUTS, scratch);
                        float[] dOuts = load(of.dOut(), start + from, rows, head, d, D_OUTS, scratch);
                        SmallProduct.multiply(
                                queries,
                                0,
                                width,
                                1,
                                scaledKeysTransposed,
                                first,
                                keyStride,
                                weights,
                                0,
                                stride,
                                rows,
                                paddedSeen,
                                d,
                                Sum.NEW);
                        SmallProduct.multiply(
                                dOuts,
                                0,
                                width,
                                1,
                                valuesTransposed,
                                first,
                                keyStride,
                                dScores,
                                0,
                                stride,
                                rows,
                                paddedSeen,
                                d,
                                Sum.NEW);
                        for (int i = 0; i < rows; i++) {
                            float denominator = of.logSumExp()
                                    .floats()
                                    .get((start + from + i) * of.logSumExp().stride() + head);
                            float mean = Lanes.dot(dOuts, i * width, outs, i * width, width);
                            int begin = reach.first(place + i) - first;
                            int end = reach.end(place + i, before + length) - first;
                            softmaxBackward(
                                    weights, dScores, i * stride, begin, end, paddedSeen, denominator, mean, shape);
                        }
                        int key = first * width;
                        SmallProduct.multiply(
                                weights,
                                0,
                                1,
                                stride,
                                dOuts,
                                0,
                                width,
                                gradients.values(),
                                key,
                                width,
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
                                0,
                                width,
                                gradients.keys(),
                                key,
                                width,
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
                                width,
                                outs,
                                0,
                                width,
                                rows,
                                width,
                                seen,
                                Sum.NEW);
                        store(outs, shape.scale(), of.dq(), start + from, rows, head, d);
                    }
                }
            }
            gradients.leaveTo(Forest.NONE);
        }
    }

    private static void put(Tensor x, int row, int column, float value) {
        x.floats().put(row * x.stride() + column, value);
    }

    /**
     * Products of one query and the keys [begin, end) of those that its block sees become probabilities, all others zero.
     *
     * @return the logarithm of the softmax's denominator
     */
    static float softmax(float[] scores, int at, int begin, int end, int seen, AttentionShape shape) {
        int from = begin & -COUNT;
        int count = padded(end) - from;
        if (shape.isCapped()) {
            CappedScores.apply(scores, at + from, count, shape.cap());
        }
        fillBeside(scores, at, begin, end, seen, MASKED);
        float maximum = Lanes.maximum(scores, at + from, count, MASKED);
        Lanes.exp(scores, at + from, count, maximum);
        fillBeside(scores, at, begin, end, seen, 0);
        float sum = Lanes.sum(scores, at + from, count);
        Lanes.scale(scores, at + from, count, 1 / sum);
        return maximum + (float) Math.log(sum);
    }

    /**
     * weights: products to probabilities; dScores: gradients of the probabilities to those of the products.
     *
     * @param mean of the gradients of the probabilities
     */
    static void softmaxBackward(
            float[] weights,
            float[] dScores,
            int at,
            int begin,
            int end,
            int seen,
            float denominator,
            float mean,
            AttentionShape shape) {
        int from = at + (begin & -COUNT);
        int to = at + padded(end);
        float subtracted = mean;
        if (shape.isCapped()) {
            CappedScores.apply(weights, from, to - from, shape.cap());
            CappedScores.backward(weights, dScores, from, to - from, shape.cap(), mean);
            subtracted = 0;
        }
        Lanes.exp(weights, from, to - from, denominator);
        for (int j = from; j < to; j += COUNT) {
            FloatVector.fromArray(FLOATS, dScores, j)
                    .sub(subtracted)
                    .mul(FloatVector.fromArray(FLOATS, weights, j))
                    .intoArray(dScores, j);
        }
        fillBeside(weights, at, begin, end, seen, 0);
        fillBeside(dScores, at, begin, end, seen, 0);
    }

    /** A row but for [begin, end). */
    private static void fillBeside(float[] row, int at, int begin, int end, int seen, float value) {
        Arrays.fill(row, at, at + begin, value);
        Arrays.fill(row, at + end, at + seen, value);
    }

    /** Where the first vector of keys begins that a query sees. */
    static int firstVector(Reach reach, int query) {
        return reach.first(query) & -COUNT;
    }

    /** How many keys a block of queries sees at most, from its first vector on. */
    static int seen(Reach reach, int length) {
        return (int) Math.min(length, (long) reach.before() + reach.after() + BLOCK + COUNT);
    }

    /** An odd number of vectors, so that rows do not all fall on the same lines of the cache. */
    static int stride(int length) {
        return padded(length) | COUNT;
    }

    /** One head's rows into an array with rows padded by zeros, and room for whole tiles. */
    static float[] load(Tensor x, int fromRow, int rows, int head, int d, int number, Scratch scratch) {
        float[] loaded = scratch.floats(number, (rows + TILE_ROWS) * padded(d));
        load(x, fromRow, rows, head, d, loaded, 0);
        return loaded;
    }

    /** The same into rows from a given one on. */
    static void load(Tensor x, int fromRow, int rows, int head, int d, float[] to, int atRow) {
        int width = padded(d);
        FloatBuffer floats = x.floats();
        for (int i = 0; i < rows; i++) {
            int at = (atRow + i) * width;
            floats.get((fromRow + i) * x.stride() + head * d, to, at, d);
            Arrays.fill(to, at + d, at + width, 0);
        }
    }

    static void store(float[] array, float factor, Tensor x, int fromRow, int rows, int head, int d) {
        store(array, 0, factor, x, fromRow, rows, head, d);
    }

    /** The array's rows from a given one on. */
    static void store(float[] array, int atRow, float factor, Tensor x, int fromRow, int rows, int head, int d) {
        int width = padded(d);
        FloatBuffer floats = x.floats();
        if (factor != 1) {
            Lanes.scale(array, atRow * width, rows * width, factor);
        }
        for (int i = 0; i < rows; i++) {
            floats.put((fromRow + i) * x.stride() + head * d, array, (atRow + i) * width, d);
        }
    }

    /** factor * x^T: d rows of the given stride, x being rows x padded(d). */
    static float[] transpose(float[] x, int rows, int d, float factor, int stride, int number, Scratch scratch) {
        return transpose(x, rows, d, factor, stride, 0, number, scratch);
    }

    /** The same, each row behind so many elements of unknown content. */
    static float[] transpose(
            float[] x, int rows, int d, float factor, int stride, int before, int number, Scratch scratch) {
        float[] transposed = scratch.floats(number, d * stride);
        int width = padded(d);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < d; j++) {
                transposed[j * stride + before + i] = factor * x[i * width + j];
            }
        }
        return transposed;
    }

    /** Rows of x become columns of factor * x^T, each where its row is. */
    private static void transpose(
            float[] x, int fromRow, int rows, int d, float factor, int stride, float[] transposed) {
        int width = padded(d);
        for (int i = fromRow; i < fromRow + rows; i++) {
            for (int j = 0; j < d; j++) {
                transposed[j * stride + i] = factor * x[i * width + j];
            }
        }
    }

    static float[] zeros(int number, int count, Scratch scratch) {
        float[] zeroed = scratch.floats(number, count);
        Arrays.fill(zeroed, 0, count, 0);
        return zeroed;
    }
}
