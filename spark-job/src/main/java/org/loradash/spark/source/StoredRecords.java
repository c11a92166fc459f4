package org.loradash.spark.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.data.Dropped;
import org.loradash.data.RecordStore;
import org.loradash.data.ShardSummary;
import org.loradash.task.Examples;
import org.loradash.task.Task;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.FileSystems;

/**
 * Records as examples, in a directory that tasks read by index: one Spark task and one shard an input file.
 *
 * @param location the directory
 * @param totals of all examples
 * @param inputs the files they were made from, in their order
 * @param dropped what of them is not in the store
 */
public record StoredRecords(String location, Task.Totals totals, List<Input> inputs, Dropped dropped)
        implements Serializable {

    /**
     * A file of records.
     *
     * @param name without secrets
     * @param records how many it has
     * @param sha256 of its bytes, in hexadecimal
     */
    public record Input(String name, long records, String sha256) implements Serializable {}

    /**
     * Where a record stands.
     *
     * @param file its name
     * @param index of the record in it, from 0
     */
    public record Place(String file, long index) {}

    /**
     * Makes examples of all files.
     *
     * @param setting that names them
     * @param inputs the files
     * @param location may lie in that of other data, but not the other way round
     * @throws InvalidInput for the first file, in their order, in which something is wrong
     */
    public static StoredRecords make(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            Task<?, ?> task,
            String setting,
            List<String> inputs,
            Path location) {
        String directory = location.toString();
        clear(location, hadoop.value().value());
        String section = setting.substring(0, setting.indexOf('.'));
        spark.setJobDescription(section + ": " + task.units().size() + " of " + inputs.size() + " files");
        List<ShardSummary> summaries = spark.parallelize(
                        IntStream.range(0, inputs.size()).boxed().toList(), inputs.size())
                .map(i -> Examples.writeShard(
                        hadoop.value().value(),
                        task,
                        setting,
                        FileSystems.path(inputs.get(i)),
                        RecordStore.shard(new Path(directory), i)))
                .collect();
        long records = 0;
        long size = 0;
        long weight = 0;
        int longest = 0;
        Dropped dropped = Dropped.NOTHING;
        List<Input> made = new ArrayList<>();
        for (ShardSummary summary : summaries) {
            if (summary instanceof ShardSummary.Refused refused) {
                clear(location, hadoop.value().value());
                throw new InvalidInput(refused.line());
            }
            ShardSummary.Written written = (ShardSummary.Written) summary;
            records += written.records();
            size += written.size();
            weight += written.weight();
            longest = Math.max(longest, written.longest());
            dropped = dropped.and(written.dropped());
            made.add(new Input(Secrets.hidden(inputs.get(made.size())), written.records(), written.sha256()));
        }
        if (records == 0) {
            clear(location, hadoop.value().value());
            throw InvalidInput.of(setting, dropped, "must have a record of which something can be learnt");
        }
        return new StoredRecords(
                directory, new Task.Totals(records, size, weight, longest), List.copyOf(made), dropped);
    }

    /** The number of an input's first record in the store. */
    public long first(int input) {
        return inputs.subList(0, input).stream().mapToLong(Input::records).sum();
    }

    /** Where a record of the store stands in the user's files. */
    public Place place(long record) {
        long index = record;
        for (Input input : inputs) {
            if (index < input.records()) {
                return new Place(input.name(), index);
            }
            index -= input.records();
        }
        throw new IllegalArgumentException("record %d (must be one of %d)".formatted(record, totals.examples()));
    }

    /** A store is all shards of its directory, so what an interrupted run left there goes. */
    private static void clear(Path location, Configuration hadoop) {
        try {
            location.getFileSystem(hadoop).delete(location, true);
        } catch (IOException e) {
            throw new UncheckedIOException(location.toString(), e);
        }
    }
}
