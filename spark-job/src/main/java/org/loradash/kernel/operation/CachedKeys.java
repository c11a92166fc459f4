package org.loradash.kernel.operation;

import org.loradash.kernel.Tensor;

/**
 * Keys and values of sequences' tokens so far.
 *
 * @param keys (keyHeads * slots) x d, one key head's slots behind another's; values likewise
 * @param slots of each sequence: where its tokens lie, oldest first; sequences may share slots
 * @param lengths of each sequence: how many of its slots count
 */
public record CachedKeys(Tensor keys, Tensor values, int[][] slots, int[] lengths) {

    /** How many slots a key head has, of a cache of keys or values. */
    static int slotsOf(Tensor cache, int keyHeads, int d) {
        if (keyHeads < 1 || cache.rows() % keyHeads != 0 || cache.columns() != d) {
            throw new IllegalArgumentException(
                    "cache: %s (must be slots of %d key heads x %d)".formatted(cache, keyHeads, d));
        }
        return cache.rows() / keyHeads;
    }

    /** What one sequence and one key head see. */
    CachedKeys part(int sequence, int keyHead, int keyHeads) {
        int capacity = keys.rows() / keyHeads;
        return new CachedKeys(
                keys.rows(keyHead * capacity, (keyHead + 1) * capacity),
                values.rows(keyHead * capacity, (keyHead + 1) * capacity),
                new int[][] {slots[sequence]},
                new int[] {lengths[sequence]});
    }
}
