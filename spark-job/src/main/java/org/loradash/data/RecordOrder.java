package org.loradash.data;

import java.io.Serializable;
import org.loradash.config.Seeds;

/**
 * Which record is at a position of the training, which goes through the records again and again: position p is in
 * epoch p / n. A pure function of its components, without memory of its own, so that every worker can ask for any
 * position.
 *
 * <p>The order of a shuffled epoch is a permutation of 0 to n - 1 that is computed one element at a time: a balanced
 * Feistel network over the smallest even number of bits that holds n - 1, keyed by (seed, epoch), walked until the
 * result is below n (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002). The domain is at most four times
 * n, so the walk takes four steps or fewer on average.
 *
 * @param records n, at least one
 * @param shuffled whether each epoch has its own order, or every epoch that of the files
 * @param seed tells one run's orders from another's
 */
public record RecordOrder(long records, boolean shuffled, long seed) implements Serializable {
    private static final int FEISTEL_ROUNDS = 8;

    public RecordOrder {
        if (records < 1) {
            throw new IllegalArgumentException(records + " records (must be at least 1)");
        }
    }

    /** The record at a position, both from 0. */
    public long record(long position) {
        long place = position % records;
        return shuffled ? permuted(place, position / records) : place;
    }

    private long permuted(long place, long epoch) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(records - 1);
        int half = Math.max(1, (bits + 1) / 2);
        long key = Seeds.mix(Seeds.mix(seed, 0), epoch);
        long walked = place;
        do {
            walked = feistel(walked, half, key);
        } while (Long.compareUnsigned(walked, records) >= 0);
        return walked;
    }

    /** A permutation of the numbers of 2 * half bits. */
    private static long feistel(long number, int half, long key) {
        long mask = (1L << half) - 1;
        long left = number >>> half;
        long right = number & mask;
        for (int round = 0; round < FEISTEL_ROUNDS; round++) {
            long next = left ^ Seeds.finalised(Seeds.mix(key, round) + right) & mask;
            left = right;
            right = next;
        }
        return left << half | right;
    }
}
