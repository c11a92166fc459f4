package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A prediction on a cluster whose processes are killed asks nothing twice and ends with the files of one core. */
class PredictionIT {
    private static final Logger LOG = LoggerFactory.getLogger(PredictionIT.class);
    private static final Duration PROGRESS = Duration.ofMinutes(3);
    private static final int ROWS = 64;
    private static final int PART_SIZE = 2;
    private static final int PARTS = ROWS / PART_SIZE;

    /** What the driver says of the job whose tasks answer a part each. */
    private static final Pattern ASKED =
            Pattern.compile("Got job \\d+ \\(\\S+ at PredictionJob\\S+\\) with (\\d+) output partitions");

    private static final Pattern KEPT = Pattern.compile("going on: (\\d+) of " + ROWS + " rows are predicted");

    @Test
    void startedAgainAfterKillsItAsksWhatHasNoAnswerAndEndsWithTheSameFiles() throws IOException {
        try (StandaloneCluster cluster = StandaloneCluster.of("prediction", 2)) {
            Path directory = cluster.directory();
            Path answers = directory.resolve("answers");
            Submission submission = Submission.to(cluster.url(), directory);
            JavaProcess first = predict(submission, "first", answers);
            awaitParts(2, answers, first);
            killExecutor(cluster);
            awaitParts(6, answers, first);
            first.kill();
            awaitNoExecutors(cluster);
            long kept = parts(answers);
            LOG.info("killed an executor and the driver; {} of {} parts are kept", kept, PARTS);
            assertThat(answers.resolve("_SUCCESS"))
                    .as("ended before the driver was killed")
                    .doesNotExist();

            try (JavaProcess second = predict(submission, "second", answers)) {
                Submission.succeeded(second);
                assertThat(second.said(KEPT, PROGRESS)).isEqualTo(String.valueOf(kept * PART_SIZE));
                assertThat(second.said(ASKED, PROGRESS)).isEqualTo(String.valueOf(PARTS - kept));
            }
            assertThat(content(answers)).isEqualTo(content(onOneCore()));
        }
    }

    private static Path onOneCore() {
        Path directory = Scratch.empty("prediction-local");
        Path answers = directory.resolve("answers");
        try (JavaProcess driver = predict(LocalRun.submission("local[1]", directory), "local", answers)) {
            Submission.succeeded(driver);
        }
        return answers;
    }

    private static JavaProcess predict(Submission submission, String name, Path answers) {
        String configuration =
                """
                run.claim-seconds = 5
                model.path = "%s/model"
                evaluation { batch-size = 2, part-size = %d, beams = 4, max-tokens = 32 }
                """
                        .formatted(LocalRun.inputs(), PART_SIZE);
        return submission.start(
                name,
                "predict",
                configuration,
                "--base",
                "--input",
                Fixtures.path("arc-easy/held-out.jsonl").toString(),
                "--output",
                answers.toString(),
                "--format",
                "json");
    }

    private static void killExecutor(StandaloneCluster cluster) {
        ProcessHandle executor = cluster.executors().get(0);
        executor.destroyForcibly();
        executor.onExit().join();
    }

    /** Those of a driver that is gone may still be about to keep an answer. */
    private static void awaitNoExecutors(StandaloneCluster cluster) {
        await("the end of the killed driver's executors")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> cluster.executors().isEmpty());
    }

    private static void awaitParts(int count, Path answers, JavaProcess driver) {
        await(count + " parts")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !driver.process().isAlive() || parts(answers) >= count);
        assertThat(driver.process().isAlive()).as(driver::tail).isTrue();
    }

    /** How many parts are answered and kept. */
    private static long parts(Path answers) throws IOException {
        Path parts = answers.resolve("_work/parts");
        if (!Files.exists(parts)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(parts)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d+\\.jsonl"))
                    .count();
        }
    }

    /** Every file that stays, by name, but the one that says with what versions it was begun. */
    private static Map<String, String> content(Path answers) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(answers)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("part-"))
                    .toList()) {
                content.put(answers.relativize(file).toString(), Files.readString(file));
            }
        }
        assertThat(content).hasSize(PARTS);
        return content;
    }
}
