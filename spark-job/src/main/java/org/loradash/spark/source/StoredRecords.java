package org.loradash.spark.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.DataSettings;
import org.loradash.data.Dropped;
import org.loradash.data.Reading;
import org.loradash.task.Task;
import org.loradash.tsd.InvalidInput;

/**
 * Records as examples, in a directory that tasks read by index.
 *
 * @param location the directory
 * @param totals of all examples
 * @param inputs the entries they were made from, in their order
 * @param dropped what of them is not in the store
 */
public record StoredRecords(String location, Task.Totals totals, List<Input> inputs, Dropped dropped)
        implements Serializable {
    /** How Spark spells times in the objects of rows, and reads them again: to the microsecond, in any session's zone. */
    public static final Map<String, String> TIMES = Map.of(
            "timeZone",
            "UTC",
            "timestampFormat",
            "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
            "timestampNTZFormat",
            "yyyy-MM-dd'T'HH:mm:ss.SSSSSS");

    /**
     * An entry of the setting.
     *
     * @param name without secrets
     * @param records how many it has
     * @param sha256 in hexadecimal: of a file's bytes; of the lines of such hashes, where there are several files; or the
     *     {@link RowHash} of what Spark reads
     */
    public record Input(String name, long records, String sha256) implements Serializable {}

    /**
     * Where a record stands.
     *
     * @param file the entry's name
     * @param index of the record in it, from 0
     */
    public record Place(String file, long index) {}

    /**
     * Makes examples of all records.
     *
     * @param reading what becomes of them
     * @param data what the entries are
     * @param setting that names them
     * @param inputs its entries: files, directories, patterns of files, or tables
     * @param location may lie in that of other data, but not the other way round
     * @throws InvalidInput for the first entry, in their order, in which something is wrong
     */
    public static StoredRecords make(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            Reading<?> reading,
            DataSettings data,
            String setting,
            List<String> inputs,
            Path location) {
        clear(location, hadoop.value().value());
        try {
            return new StoreWriter(spark, hadoop, reading, data, setting, location).write(inputs);
        } catch (InvalidInput mistake) {
            clear(location, hadoop.value().value());
            throw mistake;
        }
    }

    /**
     * The columns of an entry that Spark reads, with their types; nothing where the job reads files by itself.
     *
     * @throws InvalidInput where there is no such entry
     */
    public static Optional<StructType> columns(
            JavaSparkContext spark, DataSettings data, String setting, String entry) {
        Source source = Source.of(spark.hadoopConfiguration(), data, setting, entry, Long.MAX_VALUE);
        SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
        return source instanceof Source.Rows rows
                ? Optional.of(OrderedRows.schema(session, data, rows, setting))
                : Optional.empty();
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
