package org.loradash.data;

import java.io.Serializable;
import org.loradash.tsd.Counted;

/**
 * What of the user's records is not learnt, because it is beyond the cut-off or is nothing to learn.
 *
 * @param records that are left out
 * @param shortened how many lost turns from their end
 * @param turns that these lost
 */
public record Dropped(long records, long shortened, long turns) implements Serializable {
    public static final Dropped NOTHING = new Dropped(0, 0, 0);

    /** Both together. */
    public Dropped and(Dropped other) {
        return new Dropped(records + other.records, shortened + other.shortened, turns + other.turns);
    }

    /** What a person is told, in one line. */
    @Override
    public String toString() {
        String lost = "%s lost %s from the end, beyond data.cutoff"
                .formatted(Counted.of(shortened, "conversation"), Counted.of(turns, "turn"));
        String left =
                "%s left out, with nothing to learn within data.cutoff".formatted(Counted.of(records, "conversation"));
        return records == 0 ? lost : shortened == 0 ? left : left + "; " + lost;
    }
}
