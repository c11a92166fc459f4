package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;

import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.Forest;

/**
 * Gradients of keys and values on the way from a root: a segment's are whole, and stored, when all behind it
 * have added theirs, in preorder.
 */
final class PathGradients {
    private final Attention.Backward of;
    private final Forest forest;
    private final int keyHeads;
    private final int d;
    private final float[] keys;
    private final float[] values;
    private int open = Forest.NONE;

    private PathGradients(Attention.Backward of, int d, float[] keys, float[] values) {
        this.of = of;
        this.forest = of.shape().forest();
        this.keyHeads = of.shape().keyHeads();
        this.d = d;
        this.keys = keys;
        this.values = values;
    }

    static PathGradients of(Attention.Backward of, int d, int height, Scratch scratch) {
        int size = padded(height) * of.shape().keyHeads() * padded(d);
        float[] keys = scratch.floats(FusedAttention.D_KEYS, size);
        return new PathGradients(of, d, keys, scratch.floats(FusedAttention.D_VALUES, size));
    }

    /** Rows by places, all key heads side by side, to be added to. */
    float[] keys() {
        return keys;
    }

    float[] values() {
        return values;
    }

    /** Begins a segment's gradients at zero; segments come in preorder. */
    void enter(int segment) {
        leaveTo(forest.parent(segment));
        open = segment;
        int row = keyHeads * padded(d);
        int from = forest.before(segment) * row;
        // Up to a whole vector, for the tiles of products reach there.
        int to = padded(forest.before(segment) + forest.length(segment)) * row;
        Arrays.fill(keys, from, to, 0);
        Arrays.fill(values, from, to, 0);
    }

    /** Stores what is whole: the segments that are open, up to an ancestor, or all of them. */
    void leaveTo(int ancestor) {
        while (open != ancestor) {
            int start = forest.start(open);
            int length = forest.length(open);
            int before = forest.before(open);
            FusedAttention.store(keys, before, of.shape().scale(), of.dk(), start, length, keyHeads, d);
            FusedAttention.store(values, before, 1, of.dv(), start, length, keyHeads, d);
            open = forest.parent(open);
        }
    }
}
