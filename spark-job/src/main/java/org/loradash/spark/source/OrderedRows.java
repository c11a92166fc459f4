package org.loradash.spark.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.Message;

/**
 * Rows that Spark reads, each as an object of JSON, and where each stands in an order that does not depend on how Spark parts
 * them.
 *
 * <p>Rows of files are in the order of the files' names, and in a file as they lie there: whatever task reads a part of a file has
 * it as it lies. A table that Spark does not read from files has no order; its rows are in that of the SHA-256 of what they say.
 *
 * @param rows of three columns: the object, the file or nothing, and where in it the part begins that the row was read
 *     with. A task has parts one after another, each whole
 */
record OrderedRows(Dataset<Row> rows) {
    static final int OBJECT = 0;
    static final int FILE = 1;
    static final int START = 2;

    /** @throws InvalidInput where Spark finds nothing, cannot read it, or does not find a column */
    static OrderedRows read(SparkSession session, DataSettings data, Source.Rows source, String setting) {
        Dataset<Row> all = table(session, data.table(), source, setting);
        Column[] columns = data.format() == DataSettings.Format.TEXT
                ? columns(data.table(), all, source)
                : Arrays.stream(all.columns()).map(Columns::named).toArray(Column[]::new);
        Column object = to_json(struct(columns), StoredRecords.TIMES).as("object");
        try {
            return new OrderedRows(all.select(object, col("_metadata.file_path"), col("_metadata.file_block_start")));
        } catch (Exception noFiles) {
            if (!(noFiles instanceof AnalysisException)) {
                throw noFiles;
            }
            return new OrderedRows(all.select(object)
                    .orderBy(sha2(col("object"), 256), col("object"))
                    .select(col("object"), lit(""), spark_partition_id().cast("long")));
        }
    }

    /** The columns of what Spark reads, with their types. */
    static StructType schema(SparkSession session, DataSettings data, Source.Rows source, String setting) {
        return table(session, data.table(), source, setting).schema();
    }

    private static Column[] columns(TableSettings settings, Dataset<Row> all, Source.Rows source) {
        List<String> there = Arrays.asList(all.columns());
        check("data.columns.label", settings.label(), there, source);
        check("data.columns.text", settings.text(), there, source);
        settings.pair().ifPresent(pair -> check("data.columns.pair", pair, there, source));
        return java.util.stream.Stream.concat(settings.texts().stream(), java.util.stream.Stream.of(settings.label()))
                .distinct()
                .map(Columns::named)
                .toArray(Column[]::new);
    }

    private static void check(String key, String name, List<String> there, Source.Rows source) {
        if (!there.contains(name)) {
            throw InvalidInput.of(
                    key,
                    name,
                    "must be one column of " + Secrets.hidden(source.name()) + ": "
                            + Message.oneLine(String.join(", ", there)));
        }
    }

    private static Dataset<Row> table(
            SparkSession session, TableSettings settings, Source.Rows source, String setting) {
        try {
            DataFrameReader reader = session.read();
            return switch (source.kind()) {
                case TABLE -> session.table(source.name());
                case CSV -> reader.option("header", settings.header())
                        .option("mode", "FAILFAST")
                        .option("escape", "\"")
                        .option("multiLine", true)
                        .csv(source.name());
                case TSV -> reader.option("header", settings.header())
                        .option("mode", "FAILFAST")
                        .option("sep", "\t")
                        .option("quote", "")
                        .csv(source.name());
                case JSON, PARQUET, ORC, AVRO, AUTO -> reader.format(
                                source.kind().name().toLowerCase(java.util.Locale.ROOT))
                        .load(source.name());
            };
        } catch (Exception refused) {
            throw new InvalidInput(
                    "%s: %s (must be what Spark reads: %s)"
                            .formatted(
                                    setting,
                                    Secrets.hidden(source.name()),
                                    firstSentence(String.valueOf(refused.getMessage()))),
                    refused);
        }
    }

    /** What is wrong, in a line; what Spark advises comes behind it. */
    static String firstSentence(String text) {
        return Message.oneLine(text.strip().lines().findFirst().orElse("").split("(?<=\\.) ", 2)[0]);
    }
}
