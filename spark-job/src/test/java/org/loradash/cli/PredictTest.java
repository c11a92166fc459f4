package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.spark.application.LocalSpark;

/** Records get a column of answers. */
class PredictTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private Path questions;
    private Path configuration;

    @BeforeEach
    void write() throws IOException {
        List<String> lines = new ArrayList<>();
        for (JsonNode record :
                JSON.readTree(Fixtures.path("arc-easy/train.json").toFile())) {
            if (lines.size() < 7) {
                lines.add(JSON.writeValueAsString(record));
            }
        }
        questions = Files.write(directory.resolve("questions.jsonl"), lines);
        configuration = Files.writeString(
                directory.resolve("a.conf"),
                """
                model.path = "%s"
                evaluation { max-tokens = 5, batch-size = 2, part-size = 3 }
                """
                                .formatted(Fixtures.path("tiny-llama/model"))
                        + TrainCommandLine.SPARK);
    }

    @Test
    void aDecoderWritesTheSameWhateverReadsTheRecordsAndHoweverManyCoresThereAre() throws IOException {
        Path one = directory.resolve("one");
        checkDone(predict(configuration, questions, one, "json", "--set", "spark.master=local[1]"));
        assertThat(names(one)).containsExactly("part-00000.json", "part-00001.json", "part-00002.json");
        List<JsonNode> answered = objects(one);
        List<String> asked = Files.readAllLines(questions);
        assertThat(answered).hasSameSizeAs(asked);
        for (int i = 0; i < asked.size(); i++) {
            assertThat(answered.get(i).path("predicted_text").isTextual()).isTrue();
            assertThat(answered.get(i).path("instruction"))
                    .isEqualTo(JSON.readTree(asked.get(i)).path("instruction"));
        }
        Path two = directory.resolve("two");
        checkDone(predict(configuration, questions, two, "json", "--set", "spark.sql.files.maxPartitionBytes=1000b"));
        checkSameFiles(two, one);
        assertThat(predict(configuration, questions, two, "json").status()).isZero();
    }

    @Test
    void whatAnEarlierAttemptKeptIsNotAskedAgain() throws IOException {
        Path whole = directory.resolve("whole");
        checkDone(predict(configuration, questions, whole, "json"));
        Path stopped = directory.resolve("stopped");
        Files.createDirectories(stopped.resolve("_work/parts"));
        Files.copy(whole.resolve("_prediction.json"), stopped.resolve("_prediction.json"));
        String kept = "{\"predicted_text\":\"kept\"}\n".repeat(3);
        Files.writeString(stopped.resolve("_work/parts/000001.jsonl"), kept);

        checkDone(predict(configuration, questions, stopped, "json"));
        assertThat(stopped.resolve("part-00001.json")).hasContent(kept);
        for (String part : List.of("part-00000.json", "part-00002.json")) {
            assertThat(stopped.resolve(part)).hasSameBinaryContentAs(whole.resolve(part));
        }
        assertThat(stopped.resolve("_SUCCESS")).exists();
        assertThat(stopped.resolve("_work/parts")).doesNotExist();
    }

    @Test
    void columnsOfEveryTypeComeOutOfTablesAsTheyWentIn() {
        Path input = directory.resolve("typed");
        Path output = directory.resolve("answered");
        try (JavaSparkContext spark = LocalSpark.start("local[1]")) {
            for (String times : List.of("datetime", "int96")) {
                session(spark).conf().set("spark.sql.parquet." + times + "RebaseModeInWrite", "CORRECTED");
            }
            session(spark)
                    .sql(
                            """
                            select 'a' instruction, *, cast(null as int) nothing from values
                              (timestamp'1883-11-17 12:34:56.123456', timestamp_ntz'2026-03-29 02:30:00.000001',
                               date'0001-01-01', cast('12345678901234567890123456789.012345678' as decimal(38, 9)),
                               X'00ff80', named_struct('list', array(1, null), 'map', map('key', 1.5d, 'none', null)),
                               double('NaN'), float('1.1'), 9223372036854775807L, true, 'a "quoted"\n text \u00e9'),
                              (null, null, null, null, null, null, null, null, null, null, null)
                              as (zoned, unzoned, day, exact, bytes, nested, double, float, long, flag, text)
                            """)
                    .coalesce(1)
                    .write()
                    .parquet(input.toString());
        }
        checkDone(predict(configuration, input, output, "parquet", "--set", "spark.sql.session.timeZone=Asia/Tokyo"));
        try (JavaSparkContext spark = LocalSpark.start("local[1]")) {
            Dataset<Row> given = session(spark).read().parquet(input.toString());
            Dataset<Row> answered = session(spark).read().parquet(output.toString());
            assertThat(answered.drop("predicted_text").schema()).isEqualTo(given.schema());
            assertThat(answered.drop("predicted_text").collectAsList()).isEqualTo(given.collectAsList());
        }
    }

    @Test
    void whatObjectsOfJsonHoldStaysAsItIsSpelt() throws IOException {
        String object = "{\"instruction\":\"a\",\"exact\":12345678901234567890.10,\"small\":1e-400,"
                + "\"nested\":{\"list\":[1.50,null,[]],\"none\":null},\"flag\":true";
        Files.writeString(questions, object + "}\n");
        Path output = directory.resolve("output");
        checkDone(predict(configuration, questions, output, "json"));
        assertThat(Files.readString(output.resolve("part-00000.json"))).startsWith(object + ",\"predicted_text\":");
    }

    @Test
    void anEncoderThatWasTrainedClassifiesTables() throws IOException {
        Golden golden = Golden.named("bert");
        Path model = Files.createDirectory(directory.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(golden.inputs().resolve("model").resolve(file), model.resolve(file));
        }
        Files.write(model.resolve("vocab.txt"), vocabulary());
        Files.write(
                directory.resolve("train.jsonl"),
                List.of("{\"text\": \"water is light\", \"label\": 1}", "{\"text\": \"the soil\", \"label\": 0}"));
        Path run = directory.resolve("run");
        checkDone(TrainCommandLine.train(
                directory.resolve("train.conf"),
                golden.configuration(run.toString(), directory.toString())
                        + """
                        data { train = "%1$s/train.jsonl", format = text, cutoff = 24 }
                        dash.on = false
                        adapter.method = lora
                        training { steps = 1, batch-size = 2 }
                        evaluation { part-size = 2, batch-size = 2 }
                        """
                                .formatted(directory)));
        Path input = directory.resolve("texts.csv");
        List<String> lines = new ArrayList<>(List.of("id,text"));
        for (int id = 100; id < 140; id++) {
            lines.add(id + (id % 2 == 0 ? ",water is light" : ",\"the soil, light\""));
        }
        Files.write(input, lines);

        Path output = directory.resolve("classes");
        checkDone(predict(run, input, output, "parquet"));
        assertThat(names(output)).containsExactly("part-00000.parquet", "part-00001.parquet", "part-00002.parquet");
        try (JavaSparkContext spark = LocalSpark.start("local[1]")) {
            List<Row> rows = session(spark)
                    .read()
                    .parquet(output.toString())
                    .orderBy("id")
                    .collectAsList();
            assertThat(rows.stream().map(row -> row.<String>getAs("id")))
                    .containsExactlyElementsOf(
                            IntStream.range(100, 140).mapToObj(String::valueOf).toList());
            for (Row row : rows) {
                List<Double> probabilities = row.getList(row.fieldIndex("predicted_probabilities"));
                double score = row.getAs("predicted_score");
                assertThat(probabilities.stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        .isBetween(1 - 1e-9, 1 + 1e-9);
                assertThat(score)
                        .isEqualTo(probabilities.stream().max(Double::compare).orElseThrow());
                assertThat(row.<String>getAs("predicted_class")).isEqualTo("LABEL_" + probabilities.indexOf(score));
            }
        }
    }

    @Test
    void refusesWhatTheModelCannotBeAskedBeforeItIs() throws IOException {
        Path output = directory.resolve("output");
        Files.write(questions, List.of("{\"instruction\": \"a\"}", "{\"text\": \"b\"}"));
        assertThat(predict(configuration, questions, output, "json").errors())
                .containsExactly("lora-dash: " + questions
                        + " line 2: no instruction (a record has the text instruction, and may have input)");
        Path table = Files.write(directory.resolve("a.csv"), List.of("instruction,id", "\"a\nb\",1", "", ",2"));
        assertThat(predict(configuration, table, output, "json").errors())
                .containsExactly("lora-dash: file:" + table
                        + " record 2: no instruction (a record has the text instruction, and may have input)");
        Files.write(questions, List.of("{\"instruction\": \"a\", \"predicted_text\": \"b\"}"));
        assertThat(predict(configuration, questions, output, "json").errors())
                .containsExactly(
                        "lora-dash: " + questions + " line 1: the field predicted_text (is what predict adds)");
        assertThat(output).doesNotExist();
        assertThat(predict(configuration, directory.resolve("none"), output, "json")
                        .errors())
                .containsExactly(
                        "lora-dash: --input: " + directory.resolve("none") + " (must be a file; there is none)");
        for (Path given : List.of(directory.resolve("nope"), directory)) {
            assertThat(predict(given, questions, output, "json").errors())
                    .containsExactly("lora-dash: RUN|CONF: " + given
                            + " (must be the directory of a run, with resolved.conf, or a configuration file)");
        }
        assertThat(predict(configuration, questions, output, "xml").errors())
                .containsExactly("lora-dash: --format: xml (must be parquet or json)");
    }

    @Test
    void isRefusedWhereAnotherOneHasBegun() throws IOException {
        Path output = directory.resolve("output");
        checkDone(predict(configuration, questions, output, "json"));
        assertThat(predict(configuration, questions, output, "json", "--set", "evaluation.max-tokens=6")
                        .errors())
                .singleElement()
                .asString()
                .contains("evaluation.max-tokens: 6 (must be 5, with which the prediction in");
    }

    /** As many tokens as the model has. */
    private static List<String> vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        tokens.addAll(List.of("water", "light", "soil", "the", "##s", "is", "<", ">", "/", "b"));
        IntStream.range(tokens.size(), 90).forEach(token -> tokens.add("word" + token));
        return tokens;
    }

    private static SparkSession session(JavaSparkContext spark) {
        return SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    }

    private static List<String> names(Path output) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("part-"))
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> objects(Path output) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        for (String name : names(output)) {
            for (String line : Files.readAllLines(output.resolve(name))) {
                objects.add(JSON.readTree(line));
            }
        }
        return objects;
    }

    private static void checkSameFiles(Path output, Path other) throws IOException {
        assertThat(names(output)).isEqualTo(names(other));
        for (String name : names(output)) {
            assertThat(output.resolve(name)).hasSameBinaryContentAs(other.resolve(name));
        }
    }

    private TrainCommandLine.Ended predict(Path given, Path input, Path output, String format, String... more) {
        List<String> arguments = new ArrayList<>(List.of("predict", given.toString()));
        arguments.addAll(List.of("--input", input.toString(), "--output", output.toString(), "--format", format));
        if (given.equals(configuration)) {
            arguments.add("--base");
        }
        arguments.addAll(List.of(more));
        return TrainCommandLine.run(arguments);
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
