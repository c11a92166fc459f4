package org.loradash.spark.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.loradash.task.Task;
import org.loradash.task.Wording;

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

    /** What each of the records says, in their order; empty where the task does not know it. */
    public <E> List<String> texts(Task<E, ?> task, Configuration hadoop) {
        try {
            Optional<Wording<E>> known = task.wording(hadoop);
            if (known.isEmpty()) {
                return List.of();
            }
            try (Wording<E> wording = known.get()) {
                return batches.stream()
                        .flatMap(batch -> RecordStores.read(store.location(), batch, task.codec(), hadoop).stream())
                        .map(wording::of)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int records() {
        return batches.stream().mapToInt(batch -> batch.length).sum();
    }
}
