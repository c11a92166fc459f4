package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Forest;

/**
 * One key head's keys and values on the way from a root to the segment that was entered last: a token's row is its place.
 *
 * @param keys rows padded to whole vectors, with room for whole tiles; values likewise
 */
record AttentionPath(Tensor k, Tensor v, int keyHead, int d, float[] keys, float[] values) {
    static AttentionPath of(Tensor k, Tensor v, int keyHead, int d, int height, Scratch scratch) {
        int size = (height + TILE_ROWS) * padded(d);
        float[] keys = scratch.floats(FusedAttention.KEYS, size);
        return new AttentionPath(k, v, keyHead, d, keys, scratch.floats(FusedAttention.VALUES, size));
    }

    /** Segments come in preorder: what is before this one is there, and stays there for those behind it. */
    void enter(Forest forest, int segment) {
        int start = forest.start(segment);
        int length = forest.length(segment);
        FusedAttention.load(k, start, length, keyHead, d, keys, forest.before(segment));
        FusedAttention.load(v, start, length, keyHead, d, values, forest.before(segment));
    }
}
