package org.loradash.spark.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Records that are measured on, in a fixed order of fixed batches.
 *
 * @param store that has them
 * @param batches numbers of records in it
 */
public record HeldOutRecords(StoredRecords store, List<long[]> batches) {

    /**
     * @param records numbers in the store
     * @param most the first so many of them; 0 for all
     */
    static HeldOutRecords of(StoredRecords store, LongStream records, int most, int batchSize) {
        long[] measured = (most > 0 ? records.limit(most) : records).toArray();
        List<long[]> batches = new ArrayList<>();
        for (int from = 0; from < measured.length; from += batchSize) {
            batches.add(Arrays.copyOfRange(measured, from, Math.min(measured.length, from + batchSize)));
        }
        return new HeldOutRecords(store, List.copyOf(batches));
    }

    public int records() {
        return batches.stream().mapToInt(batch -> batch.length).sum();
    }
}
