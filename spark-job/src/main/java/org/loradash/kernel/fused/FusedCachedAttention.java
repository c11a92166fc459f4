package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.FusedAttention.KEYS;
import static org.loradash.kernel.fused.FusedAttention.LOGS;
import static org.loradash.kernel.fused.FusedAttention.OUTS;
import static org.loradash.kernel.fused.FusedAttention.QUERIES;
import static org.loradash.kernel.fused.FusedAttention.SCALED_KEYS_TRANSPOSED;
import static org.loradash.kernel.fused.FusedAttention.VALUES;
import static org.loradash.kernel.fused.FusedAttention.WEIGHTS;
import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.SmallProduct.Sum;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;

/**
 * Attention of a sequence's newest tokens to keys and values in a cache. Prompts have many queries and are computed like
 * {@link FusedAttention}; a step of generation has one token a sequence, and all query heads that share a key head meet
 * its keys together.
 */
public final class FusedCachedAttention {
    /** The number of a scratch array: scores that are turned, beside those of {@link FusedAttention}. */
    private static final int SCORES = 9;

    private FusedCachedAttention() {}

    public static void forward(CachedAttention of, Scratch scratch) {
        AttentionShape shape = of.shape();
        CachedKeys cache = of.cache();
        int capacity = cache.keys().rows() / shape.keyHeads();
        int group = shape.group();
        for (int sequence = 0; sequence < shape.sequences(); sequence++) {
            // What no query sees is passed over: the first key that the first query sees is the first of all.
            int passed = shape.reach().first(cache.lengths()[sequence] - shape.length(sequence));
            int length = cache.lengths()[sequence] - passed;
            int[] slots = cache.slots()[sequence];
            Tensor newest = of.q().rows(shape.starts()[sequence], shape.starts()[sequence + 1]);
            Tensor result = of.out().rows(shape.starts()[sequence], shape.starts()[sequence + 1]);
            for (int keyHead = 0; keyHead < shape.keyHeads(); keyHead++) {
                float[] keys = load(cache.keys(), keyHead * capacity, slots, passed, length, KEYS, scratch);
                float[] values = load(cache.values(), keyHead * capacity, slots, passed, length, VALUES, scratch);
                if (newest.rows() * group <= COUNT) {
                    few(newest, keys, values, length, keyHead * group, shape, result, scratch);
                } else {
                    many(newest, keys, values, length, keyHead * group, shape, result, scratch);
                }
            }
        }
    }

    /** All queries of the key head at once, at most as many as a vector holds: scores^T = k (scale q)^T. */
    private static void few(
            Tensor q,
            float[] keys,
            float[] values,
            int length,
            int firstHead,
            AttentionShape shape,
            Tensor out,
            Scratch scratch) {
        int d = q.columns() / shape.heads();
        int group = shape.group();
        int width = padded(d);
        int stride = FusedAttention.stride(length);
        int count = q.rows() * group;
        float[] queries = scratch.floats(QUERIES, d * COUNT);
        float[] scores = scratch.floats(SCORES, (length + TILE_ROWS) * COUNT);
        float[] weights = scratch.floats(WEIGHTS, tiled(count) * stride);
        float[] outs = scratch.floats(OUTS, tiled(count) * width);
        FloatBuffer floats = q.floats();
        for (int i = 0; i < count; i++) {
            int at = i / group * q.stride() + (firstHead + i % group) * d;
            for (int j = 0; j < d; j++) {
                queries[j * COUNT + i] = shape.scale() * floats.get(at + j);
            }
        }
        SmallProduct.multiply(keys, width, 1, queries, COUNT, scores, COUNT, length, COUNT, d, Sum.NEW);
        int before = length - q.rows();
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < length; j++) {
                weights[i * stride + j] = scores[j * COUNT + i];
            }
        }
        Scores.of(shape, group, before, q.rows(), length, stride).softmax(weights, scratch.floats(LOGS, count));
        SmallProduct.multiply(weights, stride, 1, values, width, outs, width, count, width, length, Sum.NEW);
        for (int i = 0; i < count; i++) {
            int at = i / group * out.stride() + (firstHead + i % group) * d;
            out.floats().put(at, outs, i * width, d);
        }
    }

    /** By blocks of queries of one head. */
    private static void many(
            Tensor q,
            float[] keys,
            float[] values,
            int length,
            int firstHead,
            AttentionShape shape,
            Tensor out,
            Scratch scratch) {
        int d = q.columns() / shape.heads();
        int width = padded(d);
        int keyStride = FusedAttention.stride(length);
        int stride = FusedAttention.stride(FusedAttention.seen(shape.reach(), length, FusedAttention.BLOCK));
        int before = length - q.rows();
        float[] weights = scratch.floats(WEIGHTS, FusedAttention.BLOCK * stride);
        float[] outs = scratch.floats(OUTS, FusedAttention.BLOCK * width);
        float[] logs = scratch.floats(LOGS, FusedAttention.BLOCK);
        float[] scaledKeysTransposed =
                FusedAttention.transpose(keys, length, d, shape.scale(), keyStride, SCALED_KEYS_TRANSPOSED, scratch);
        for (int head = firstHead; head < firstHead + shape.group(); head++) {
            for (int from = 0; from < q.rows(); from += FusedAttention.BLOCK) {
                int rows = Math.min(FusedAttention.BLOCK, q.rows() - from);
                Scores block = Scores.of(shape, 1, before + from, rows, length, stride);
                int first = block.first();
                int seen = block.seen();
                float[] queries = FusedAttention.loadHead(q, from, rows, head, d, QUERIES, scratch);
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
                block.softmax(weights, logs);
                SmallProduct.multiply(
                        weights,
                        0,
                        stride,
                        1,
                        values,
                        first * width,
                        width,
                        outs,
                        0,
                        width,
                        rows,
                        width,
                        seen,
                        Sum.NEW);
                FusedAttention.storeHead(outs, 1, out, from, rows, head, d);
            }
        }
    }

    private static int tiled(int rows) {
        return (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
    }

    /** The rows of some slots, runs of neighbours at once, padded by zeros, with room for whole tiles. */
    private static float[] load(
            Tensor cache, int firstRow, int[] slots, int passed, int length, int number, Scratch scratch) {
        int d = cache.columns();
        int width = padded(d);
        float[] loaded = scratch.floats(number, (length + TILE_ROWS) * width);
        FloatBuffer floats = cache.floats();
        int end;
        for (int i = 0; i < length; i = end) {
            int slot = slots[passed + i];
            end = i + 1;
            while (width == d && end < length && slots[passed + end] == slot + end - i) {
                end++;
            }
            floats.get((firstRow + slot) * d, loaded, i * width, (end - i) * d);
            Arrays.fill(loaded, i * width + (end - i) * d, end * width, 0);
        }
        return loaded;
    }
}
