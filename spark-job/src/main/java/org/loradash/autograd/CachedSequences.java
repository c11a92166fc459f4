package org.loradash.autograd;

import java.util.List;

/** Sequences whose tokens lie in a {@link KeyValueCache}, and of which the newest tokens are about to be computed. */
public final class CachedSequences {
    private final int[] starts;
    private final int[] positions;
    private final List<Held> rooms;

    /**
     * Where the tokens of sequences lie in one room of the cache.
     *
     * @param slots of each sequence: where its last tokens lie, oldest first, the newest ones among them; sequences may share
     *     slots of older tokens
     * @param lengths of each sequence: how many of its slots count
     * @param newestSlots of the T newest tokens
     */
    record Held(int[][] slots, int[] lengths, int[] newestSlots) {}

    /** The same, before it is known which tokens are the newest. */
    public record Slots(int[][] slots, int[] lengths) {}

    /**
     * @param starts offsets of the sequences among the T newest tokens, first 0, last T
     * @param lengths of each sequence: all of its tokens so far, the newest ones among them
     * @param rooms where they lie in each room of the cache: all that a layer there attends to
     */
    public CachedSequences(int[] starts, int[] lengths, List<Slots> rooms) {
        this.starts = starts;
        this.positions = new int[starts[starts.length - 1]];
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            for (int i = starts[sequence]; i < starts[sequence + 1]; i++) {
                positions[i] = lengths[sequence] - starts[sequence + 1] + i;
            }
        }
        this.rooms = rooms.stream().map(this::held).toList();
    }

    private Held held(Slots room) {
        int[] newest = new int[positions.length];
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            int count = starts[sequence + 1] - starts[sequence];
            System.arraycopy(room.slots()[sequence], room.lengths()[sequence] - count, newest, starts[sequence], count);
        }
        return new Held(room.slots(), room.lengths(), newest);
    }

    int[] starts() {
        return starts;
    }

    Held held(int room) {
        return rooms.get(room);
    }

    /** Each newest token's place in its sequence. */
    public int[] positions() {
        return positions;
    }
}
