package org.loradash.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Which records of the data are held out of training, and which are left: numbers of both, counted from 0, in the order of
 * the files.
 *
 * @param records of the data
 * @param heldOut numbers of those that are held out, ascending
 */
public record HoldOut(long records, long[] heldOut) implements Serializable {

    /** All are left. */
    public static HoldOut none(long records) {
        return new HoldOut(records, new long[0]);
    }

    /**
     * Holds so many records out: any of them equally likely, a function of the seed and of how many records there are.
     *
     * @param count below the number of records
     */
    public static HoldOut choose(long records, int count, long seed) {
        if (count < 0 || count >= records) {
            throw new IllegalArgumentException("%d held out (must be below %d records)".formatted(count, records));
        }
        // Not the seed of the order in which a run goes through its records: that begins with other ones.
        RecordOrder order = new RecordOrder(records, true, ~seed);
        return new HoldOut(
                records, LongStream.range(0, count).map(order::record).sorted().toArray());
    }

    /** How many are left. */
    public long left() {
        return records - heldOut.length;
    }

    /**
     * The number of one that is left.
     *
     * @param index below {@link #left}
     */
    public long left(long index) {
        int from = 0;
        int to = heldOut.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (heldOut[middle] - middle > index) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return index + from;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HoldOut that && records == that.records && Arrays.equals(heldOut, that.heldOut);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(records) + 31 * Arrays.hashCode(heldOut);
    }

    @Override
    public String toString() {
        return "HoldOut[records=" + records + ", heldOut=" + Arrays.toString(heldOut) + "]";
    }
}
