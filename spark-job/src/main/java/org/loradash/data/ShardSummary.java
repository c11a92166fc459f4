package org.loradash.data;

import java.io.Serializable;

/**
 * What became of one input file. A mistake in it is a value, not an exception, so that a task that meets one ends at
 * once instead of being tried again.
 */
public sealed interface ShardSummary extends Serializable {

    /**
     * The shard is in place.
     *
     * @param records how many records
     * @param size of all of them
     * @param weight of all of them
     * @param longest the size of the largest
     * @param sha256 of the input file's bytes, in hexadecimal
     * @param dropped what was left out
     */
    record Written(long records, long size, long weight, int longest, String sha256, Dropped dropped)
            implements ShardSummary {}

    /** No shard was written. @param line what the user is told, in one line */
    record Refused(String line) implements ShardSummary {}
}
