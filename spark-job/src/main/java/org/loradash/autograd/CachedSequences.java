package org.loradash.autograd;

/** Sequences whose tokens lie in a {@link KeyValueCache}, and of which the newest tokens are about to be computed. */
public final class CachedSequences {
    private final int[] starts;
    private final int[][] slots;
    private final int[] lengths;
    private final int[] positions;
    private final int[] newestSlots;

    /**
     * @param starts offsets of the sequences among the T newest tokens, first 0, last T
     * @param slots of each sequence: where its tokens lie, oldest first, the newest ones among them; sequences may share
     *     slots of older tokens
     * @param lengths of each sequence: how many of its slots count
     */
    public CachedSequences(int[] starts, int[][] slots, int[] lengths) {
        this.starts = starts;
        this.slots = slots;
        this.lengths = lengths;
        int tokens = starts[starts.length - 1];
        positions = new int[tokens];
        newestSlots = new int[tokens];
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int first = lengths[sequence] - (starts[sequence + 1] - starts[sequence]);
            for (int i = starts[sequence]; i < starts[sequence + 1]; i++) {
                positions[i] = first + i - starts[sequence];
                newestSlots[i] = slots[sequence][positions[i]];
            }
        }
    }

    int[] starts() {
        return starts;
    }

    int[][] slots() {
        return slots;
    }

    int[] lengths() {
        return lengths;
    }

    /** Each newest token's place in its sequence. */
    public int[] positions() {
        return positions;
    }

    /** Each newest token's slot. */
    int[] newestSlots() {
        return newestSlots;
    }
}
