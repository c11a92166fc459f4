package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Predictions on a cluster whose processes are killed ask nothing twice and end with the files of one core. */
class PredictionIT {
    private static final Logger LOG = LoggerFactory.getLogger(PredictionIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /** What the driver says of the job whose tasks answer a part each. */
    private static final Pattern ASKED =
            Pattern.compile("Got job \\d+ \\(\\S+ at PredictionJob\\S+\\) with (\\d+) output partitions");

    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() {
        cluster = StandaloneCluster.of("prediction", 2);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** Rows that are put to a model in parts. */
    private record Work(String name, int rows, int partSize, Path input, String configuration) {
        int parts() {
            return rows / partSize;
        }

        Path answers(Submission submission) {
            return submission.directory().resolve(name);
        }

        JavaProcess predict(Submission submission, String attempt) {
            return submission.start(
                    name + "-" + attempt,
                    "predict",
                    configuration,
                    "--base",
                    "--input",
                    input.toString(),
                    "--output",
                    answers(submission).toString(),
                    "--format",
                    "json",
                    "--set",
                    "run.claim-seconds=5",
                    "--set",
                    "evaluation.part-size=" + partSize);
        }

        /** Every file that stays, by name, but the one that says with what versions it was begun. */
        Map<String, String> content(Submission submission) throws IOException {
            Map<String, String> content = new TreeMap<>();
            try (Stream<Path> files = Files.list(answers(submission))) {
                for (Path file : files.filter(
                                path -> path.getFileName().toString().startsWith("part-"))
                        .toList()) {
                    content.put(file.getFileName().toString(), Files.readString(file));
                }
            }
            assertThat(content).hasSize(parts());
            assertThat(String.join("", content.values()).lines()).hasSize(rows);
            return content;
        }
    }

    @Test
    void aThousandTextsAreClassifiedAsOnOneCore() throws IOException {
        Path inputs = Scratch.empty("prediction-texts");
        Path model = Files.createDirectory(inputs.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Fixtures.path("golden/bert/model").resolve(file), model.resolve(file));
        }
        Files.write(model.resolve("vocab.txt"), letters());
        Path texts = records(inputs, 1000, question -> Map.of("text", question));
        check(new Work(
                "texts",
                1000,
                4,
                texts,
                """
                        model.path = "%s"
                        task { kind = classification, labels = 2 }
                        data { format = text, cutoff = 32 }
                        evaluation.batch-size = 2
                        """
                        .formatted(model)));
    }

    @Test
    void twoHundredQuestionsAreAnsweredAsOnOneCore() throws IOException {
        Path questions =
                records(Scratch.empty("prediction-questions"), 200, question -> Map.of("instruction", question));
        check(new Work(
                "questions",
                200,
                2,
                questions,
                """
                        model.path = "%s"
                        evaluation { batch-size = 2, beams = 2, max-tokens = 16 }
                        """
                        .formatted(Fixtures.path("tiny-llama/model"))));
    }

    private static void check(Work work) throws IOException {
        Submission submission = Submission.to(cluster.url(), cluster.directory());
        Path answers = work.answers(submission);
        JavaProcess first = work.predict(submission, "first");
        long kept = new Kills(cluster, answers.resolve("_work/parts")).ofExecutorAndDriver(first);
        LOG.info("killed an executor and the driver; {} of {} parts are kept", kept, work.parts());
        assertThat(answers.resolve("_SUCCESS"))
                .as("ended before the driver was killed")
                .doesNotExist();

        try (JavaProcess second = work.predict(submission, "second")) {
            Submission.succeeded(second);
            Pattern goingOn = Pattern.compile("going on: (\\d+) of " + work.rows() + " rows are predicted");
            assertThat(second.said(goingOn, AT_ONCE)).isEqualTo(String.valueOf(kept * work.partSize()));
            assertThat(second.said(ASKED, AT_ONCE)).isEqualTo(String.valueOf(work.parts() - kept));
        }
        Submission oneCore = LocalRun.submission("local[1]", Scratch.empty("prediction-local-" + work.name()));
        try (JavaProcess driver = work.predict(oneCore, "local")) {
            Submission.succeeded(driver);
        }
        assertThat(work.content(submission)).isEqualTo(work.content(oneCore));
    }

    /** The first questions of real records, without what answers are allowed. */
    private static Path records(Path directory, int count, Function<String, Map<String, String>> record)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (JsonNode topic : JSON.readTree(Fixtures.path("topics/train.json").toFile())) {
            if (lines.size() < count) {
                String question = topic.get("instruction").asText().split("\n\n")[1];
                lines.add(JSON.writeValueAsString(record.apply(question)));
            }
        }
        return Files.write(directory.resolve("records.jsonl"), lines);
    }

    /** As many tokens as the model has: letters at the beginning of words and behind it. */
    private static List<String> letters() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "?", ".", ","));
        IntStream.rangeClosed('a', 'z')
                .forEach(letter ->
                        tokens.addAll(List.of(Character.toString(letter), "##" + Character.toString(letter))));
        IntStream.range(tokens.size(), 90).forEach(token -> tokens.add("word" + token));
        return tokens;
    }
}
