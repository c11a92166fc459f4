package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.evaluate.PredictionDirectory;
import org.loradash.spark.source.StoredRecords;

/** The files that a prediction leaves, one a part, of the lines that its tasks kept. */
final class PredictedFiles {
    private PredictedFiles() {}

    /** Files of an object of JSON a line. */
    static void json(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            PredictionDirectory directory,
            int parts) {
        String path = directory.path().toString();
        numbers(spark, parts)
                .foreach(part ->
                        PredictionDirectory.at(hadoop.value().value(), path).keepLines(part));
    }

    /**
     * Parquet files.
     *
     * @param input the types of the input's columns, or nothing where they are as JSON has them
     * @param added columns
     */
    static void parquet(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            PredictionDirectory directory,
            int parts,
            StructType input,
            StructType added) {
        SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
        // Dates of any century: Spark would fail at those before its calendar began, once the model has been asked.
        session.conf().set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED");
        session.conf().set("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED");
        String path = directory.path().toString();
        JavaRDD<String> lines = numbers(spark, parts)
                .flatMap(part -> PredictionDirectory.at(hadoop.value().value(), path)
                        .read(part)
                        .iterator());
        Dataset<String> objects = session.createDataset(lines.rdd(), Encoders.STRING());
        StructType schema = input == null ? session.read().json(objects).schema() : input;
        for (StructField field : added.fields()) {
            schema = Arrays.asList(schema.fieldNames()).contains(field.name()) ? schema : schema.add(field);
        }
        session.read()
                .schema(schema)
                .options(StoredRecords.TIMES)
                // What is not read as it was written must not become a null.
                .option("mode", "FAILFAST")
                .json(objects)
                .write()
                .mode("overwrite")
                .parquet(directory.aside().toString());
        try {
            List<Path> made = Arrays.stream(directory.files().listStatus(directory.aside()))
                    .map(FileStatus::getPath)
                    .filter(file -> file.getName().startsWith("part-"))
                    .sorted(Comparator.comparing(Path::getName))
                    .toList();
            if (made.size() != parts) {
                throw new IllegalStateException(made.size() + " files of " + parts + " parts");
            }
            IntStream.range(0, parts).forEach(part -> directory.keep(made.get(part), part, "parquet"));
        } catch (IOException e) {
            throw new UncheckedIOException(directory.aside().toString(), e);
        }
    }

    private static JavaRDD<Integer> numbers(JavaSparkContext spark, int parts) {
        return spark.parallelize(IntStream.range(0, parts).boxed().toList(), parts);
    }
}
