package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Forest;

/**
 * Keys and values on the way from a root to the segment that was entered last: a token's row is its place, with all key heads
 * side by side.
 *
 * @param keys rows padded to whole vectors, with room for whole tiles; values likewise
 * @param scaledKeysTransposed d rows a key head, a token's column is its place
 * @param stride of these
 */
record AttentionPath(
        Tensor k,
        Tensor v,
        AttentionShape shape,
        int d,
        float[] keys,
        float[] values,
        float[] scaledKeysTransposed,
        int stride) {
    static AttentionPath of(Tensor k, Tensor v, AttentionShape shape, int d, int height, Scratch scratch) {
        int stride = FusedAttention.stride(height);
        int size = (height + TILE_ROWS) * shape.keyHeads() * padded(d);
        float[] keys = scratch.floats(FusedAttention.KEYS, size);
        float[] values = scratch.floats(FusedAttention.VALUES, size);
        float[] transposed = scratch.floats(FusedAttention.SCALED_KEYS_TRANSPOSED, shape.keyHeads() * d * stride);
        return new AttentionPath(k, v, shape, d, keys, values, transposed, stride);
    }

    /** Segments come in preorder: what is before this one is there, and stays there for those behind it. */
    void enter(Forest forest, int segment) {
        int start = forest.start(segment);
        int length = forest.length(segment);
        int before = forest.before(segment);
        FusedAttention.load(k, start, length, shape.keyHeads(), d, keys, before);
        FusedAttention.load(v, start, length, shape.keyHeads(), d, values, before);
        transpose(keys, before, length, shape.scale(), scaledKeysTransposed);
    }

    /** Where a key head begins in what is transposed. */
    int column(int keyHead) {
        return keyHead * d * stride;
    }

    /** factor times some rows of the keys or values, as columns of each key head, each where its row is. */
    void transpose(float[] rows, int from, int count, float factor, float[] transposed) {
        int width = padded(d);
        int row = shape.keyHeads() * width;
        for (int keyHead = 0; keyHead < shape.keyHeads(); keyHead++) {
            FusedAttention.transpose(
                    rows,
                    from * row + keyHead * width,
                    row,
                    count,
                    d,
                    factor,
                    transposed,
                    column(keyHead) + from,
                    stride);
        }
    }
}
