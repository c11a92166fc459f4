package org.loradash.kernel;

import static org.loradash.kernel.Lanes.COUNT;
import static org.loradash.kernel.Lanes.atLeast;
import static org.loradash.kernel.Lanes.padded;
import static org.loradash.kernel.SmallProduct.TILE_ROWS;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.loradash.kernel.SmallProduct.Sum;

/**
 * Attention of a sequence's newest tokens to keys and values in a cache. Prompts have many queries and are computed like
 * {@link FusedAttention}; a step of generation has one token a sequence, and all query heads that share a key head meet
 * its keys together.
 */
final class FusedCachedAttention {
    // One key head of one sequence, rows padded to whole vectors.
    private float[] keys = {};
    private float[] scaledKeysTransposed = {};
    private float[] values = {};

    // Some queries.
    private float[] queries = {};
    private float[] scores = {};
    private float[] weights = {};
    private float[] outs = {};

    void forward(
            Tensor q,
            int[] starts,
            Tensor keyCache,
            Tensor valueCache,
            int[][] slots,
            int[] lengths,
            int heads,
            int keyHeads,
            float scale,
            Tensor out) {
        int d = keyCache.columns();
        int capacity = keyCache.rows() / keyHeads;
        int group = heads / keyHeads;
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int length = lengths[sequence];
            Tensor newest = q.rows(starts[sequence], starts[sequence + 1]);
            Tensor result = out.rows(starts[sequence], starts[sequence + 1]);
            for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
                keys = load(keyCache, keyHead * capacity, slots[sequence], length, keys);
                values = load(valueCache, keyHead * capacity, slots[sequence], length, values);
                if (newest.rows() * group <= COUNT) {
                    few(newest, length, keyHead * group, group, d, scale, result);
                } else {
                    many(newest, length, keyHead * group, group, d, scale, result);
                }
            }
        }
    }

    /** All queries of the key head at once, at most as many as a vector holds: scores^T = k (scale q)^T. */
    private void few(Tensor q, int length, int firstHead, int group, int d, float scale, Tensor out) {
        int width = padded(d);
        int stride = FusedAttention.stride(length);
        int count = q.rows() * group;
        queries = atLeast(queries, d * COUNT);
        scores = atLeast(scores, (length + TILE_ROWS) * COUNT);
        reserve(count, width, stride);
        FloatBuffer floats = q.floats();
        for (int i = 0; i < count; i++) {
            int at = i / group * q.stride() + (firstHead + i % group) * d;
            for (int j = 0; j < d; j++) {
                queries[j * COUNT + i] = scale * floats.get(at + j);
            }
        }
        SmallProduct.multiply(keys, width, 1, queries, COUNT, scores, COUNT, length, COUNT, d, Sum.NEW);
        int before = length - q.rows();
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < length; j++) {
                weights[i * stride + j] = scores[j * COUNT + i];
            }
            FusedAttention.softmax(weights, i * stride, before + i / group + 1, padded(length));
        }
        SmallProduct.multiply(weights, stride, 1, values, width, outs, width, count, width, length, Sum.NEW);
        for (int i = 0; i < count; i++) {
            int at = i / group * out.stride() + (firstHead + i % group) * d;
            out.floats().put(at, outs, i * width, d);
        }
    }

    /** By blocks of queries of one head. */
    private void many(Tensor q, int length, int firstHead, int group, int d, float scale, Tensor out) {
        int width = padded(d);
        int stride = FusedAttention.stride(length);
        int before = length - q.rows();
        reserve(FusedAttention.BLOCK, width, stride);
        scaledKeysTransposed = FusedAttention.transpose(keys, length, d, scale, stride, scaledKeysTransposed);
        for (int head = firstHead; head < firstHead + group; head++) {
            for (int from = 0; from < q.rows(); from += FusedAttention.BLOCK) {
                int rows = Math.min(FusedAttention.BLOCK, q.rows() - from);
                int seen = before + from + rows;
                queries = FusedAttention.load(q, from, rows, head, d, queries);
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
                    FusedAttention.softmax(weights, i * stride, before + from + i + 1, padded(seen));
                }
                SmallProduct.multiply(weights, stride, 1, values, width, outs, width, rows, width, seen, Sum.NEW);
                FusedAttention.store(outs, 1, out, from, rows, head, d);
            }
        }
    }

    /** Room for whole tiles of queries. */
    private void reserve(int count, int width, int stride) {
        int rows = (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
        weights = atLeast(weights, rows * stride);
        outs = atLeast(outs, rows * width);
    }

    /** The rows of some slots, runs of neighbours at once, padded by zeros, with room for whole tiles. */
    private static float[] load(Tensor cache, int firstRow, int[] slots, int length, float[] array) {
        int d = cache.columns();
        int width = padded(d);
        float[] loaded = atLeast(array, (length + TILE_ROWS) * width);
        FloatBuffer floats = cache.floats();
        int end;
        for (int i = 0; i < length; i = end) {
            end = i + 1;
            while (width == d && end < length && slots[end] == slots[end - 1] + 1) {
                end++;
            }
            floats.get((firstRow + slots[i]) * d, loaded, i * width, (end - i) * d);
            Arrays.fill(loaded, i * width + (end - i) * d, end * width, 0);
        }
        return loaded;
    }
}
