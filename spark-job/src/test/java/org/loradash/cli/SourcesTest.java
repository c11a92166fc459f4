package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.config.SettingsReader;
import org.loradash.spark.application.LocalSpark;
import org.loradash.tsd.io.Sha256;

/** The same records train the same model wherever they lie, and however many tasks read them. */
class SourcesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String IN_PARTS = "spark.sql.files.maxPartitionBytes=3000b";

    @TempDir
    private static Path temporary;

    private static TrainedRun json;

    @BeforeAll
    static void writeRecordsEverywhere() throws IOException {
        Path array = Fixtures.path("arc-easy/train.json");
        List<String> lines = new ArrayList<>();
        for (JsonNode record : JSON.readTree(array.toFile())) {
            lines.add(JSON.writeValueAsString(record));
        }
        write("records.jsonl", lines);
        pack("records.jsonl.gz", lines);
        pack("records.jsonl.zst", lines);
        int half = lines.size() / 2;
        write("directory/part-0.jsonl", lines.subList(0, half));
        write("directory/part-1.jsonl", List.of());
        write("directory/part-2.jsonl", lines.subList(half, lines.size()));
        write("directory/_SUCCESS", List.of("nothing"));
        try (JavaSparkContext spark = LocalSpark.start("local[1]")) {
            SparkSession session =
                    SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
            Dataset<Row> rows = session.read()
                    .option("multiLine", true)
                    .json(array.toString())
                    .coalesce(1);
            rows.write()
                    .option("maxRecordsPerFile", lines.size() / 3)
                    .option("parquet.block.size", 4096)
                    .parquet(temporary.resolve("records.parquet").toString());
            rows.write().orc(temporary.resolve("records.orc").toString());
            rows.write()
                    .option("header", true)
                    .option("escape", "\"")
                    .option("compression", "gzip")
                    .csv(temporary.resolve("records.csv").toString());
        }
        json = train("json", array.toString(), "spark.master=local[1]");
    }

    private static void write(String name, List<String> lines) throws IOException {
        Files.createDirectories(temporary.resolve(name).getParent());
        Files.write(temporary.resolve(name), lines);
    }

    private static void pack(String name, List<String> lines) throws IOException {
        try (OutputStream file = Files.newOutputStream(temporary.resolve(name));
                OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(file) : new ZstdOutputStream(file)) {
            packed.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aLineWithMoreValuesThanTheHeaderIsRefused() throws IOException {
        for (String before : List.of("", "who?,it\n")) {
            Path file = Files.writeString(
                    temporary.resolve("longer.csv"), "instruction,output\n" + before + "Is it so, or not?,yes\n");
            assertThat(TrainCommandLine.train(
                                    temporary.resolve("longer.conf"),
                                    "run.output = \"%s\"".formatted(temporary.resolve("longer")),
                                    "model.path=" + Fixtures.path("tiny-llama/model"),
                                    "training.steps=1",
                                    "spark.ui.enabled=false",
                                    "data.train=" + file)
                            .errors())
                    .last()
                    .asString()
                    .isEqualTo(("lora-dash: %s: [MALFORMED_CSV_RECORD] Malformed CSV record: Is it so, or not?,yes"
                                    + " (must have as many values as the header; a text with a separator needs quotes)")
                            .formatted(file));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lines,         records.jsonl,       local[1], 128m",
        "parts,         records.jsonl,       local[2], 3000b",
        "gzip,          records.jsonl.gz,    local[1], 128m",
        "zstd,          records.jsonl.zst,   local[1], 128m",
        "directory,     directory,           local[2], 128m",
        "pattern,       directory/*.jsonl,   local[1], 128m",
        "parquet,       records.parquet,     local[1], 128m",
        "parquet-parts, records.parquet,     local[2], 3000b",
        "orc,           records.orc,         local[2], 3000b",
        "csv,           records.csv,         local[2], 3000b"
    })
    void giveTheSameBytes(String name, String file, String master, String atMost) throws IOException {
        TrainedRun run = train(
                name,
                temporary.resolve(file).toString(),
                "spark.master=" + master,
                "spark.sql.files.maxPartitionBytes=" + atMost);
        assertThat(run.steps()).isEqualTo(json.steps());
        assertThat(run.adapterBytes()).isEqualTo(json.adapterBytes());
    }

    @Test
    void areTablesOfTheCatalogueToo() throws IOException {
        TrainedRun run =
                train("table", "parquet.`%s`".formatted(temporary.resolve("records.parquet")), "data.source=table");
        assertThat(run.adapterBytes()).isEqualTo(json.adapterBytes());
    }

    /** A file's is the file's, whoever reads it in how many parts; the rows of a table have one that no part changes. */
    @Test
    void haveAHashThatDoesNotDependOnTheirParts() throws IOException {
        String lines = temporary.resolve("records.jsonl").toString();
        assertThat(hash(train("hash-parts", lines, IN_PARTS), lines))
                .isEqualTo(hash(train("hash", lines), lines))
                .isEqualTo(Sha256.of(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(lines)));
        String rows = temporary.resolve("records.parquet").toString();
        assertThat(hash(train("rows-parts", rows, IN_PARTS), rows)).isEqualTo(hash(train("rows", rows), rows));
    }

    private static String hash(TrainedRun run, String records) {
        return SettingsReader.facts(run.directory().resolve("resolved.conf").toString(), "hashes", new Configuration())
                .get(records);
    }

    private static TrainedRun train(String name, String records, String... settings) throws IOException {
        Path output = temporary.resolve("runs").resolve(name);
        String text =
                ("""
                model.path = "%s"
                data { train = ["%s"], cutoff = 64 }
                run.output = "%s"
                adapter { rank = 2, alpha = 4 }
                dash { pre-launch-steps = 2, directions = 2, cache = "%s" }
                training { workers = 2, batch-size = 2, steps = 3 }
                """
                                + TrainCommandLine.SPARK)
                        .formatted(
                                Fixtures.path("tiny-llama/model"),
                                records,
                                output,
                                temporary.resolve("decompositions"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(temporary.resolve(name + ".conf"), text, settings);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return new TrainedRun(output);
    }
}
