package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** An evaluation on a cluster whose processes are killed asks no question twice and ends with the bytes of one core. */
class EvaluationIT {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationIT.class);
    private static final Duration PROGRESS = Duration.ofMinutes(3);
    private static final int QUESTIONS = 64;
    private static final int PART_SIZE = 2;
    private static final int PARTS = QUESTIONS / PART_SIZE;

    /** What the driver says of the job whose tasks answer a part each. */
    private static final Pattern ASKED =
            Pattern.compile("Got job \\d+ \\(\\S+ at EvaluationJob\\S+\\) with (\\d+) output partitions");

    private static final Pattern KEPT = Pattern.compile("going on: (\\d+) of " + QUESTIONS + " questions are answered");

    @Test
    void askedAgainAfterKillsItAsksWhatHasNoAnswerAndEndsWithTheSameBytes() throws IOException {
        try (StandaloneCluster cluster = StandaloneCluster.of("evaluation", 2)) {
            Path directory = cluster.directory();
            Path answers = directory.resolve("answers");
            Submission submission = Submission.to(cluster.url(), directory);
            JavaProcess first = evaluate(submission, "first", answers);
            long kept = new Kills(cluster, answers.resolve("parts/ARC-Easy")).ofExecutorAndDriver(first);
            LOG.info("killed an executor and the driver; {} of {} parts are kept", kept, PARTS);
            assertThat(answers.resolve("accuracy.json"))
                    .as("ended before the driver was killed")
                    .doesNotExist();

            try (JavaProcess second = evaluate(submission, "second", answers)) {
                Submission.succeeded(second);
                assertThat(second.said(KEPT, PROGRESS)).isEqualTo(String.valueOf(kept * PART_SIZE));
                assertThat(second.said(ASKED, PROGRESS)).isEqualTo(String.valueOf(PARTS - kept));
            }
            assertThat(content(answers)).isEqualTo(content(onOneCore()));
        }
    }

    private static Path onOneCore() {
        Path directory = Scratch.empty("evaluation-local");
        Path answers = directory.resolve("answers");
        try (JavaProcess driver = evaluate(LocalRun.submission("local[1]", directory), "local", answers)) {
            Submission.succeeded(driver);
        }
        return answers;
    }

    private static JavaProcess evaluate(Submission submission, String name, Path answers) {
        String configuration =
                """
                run.claim-seconds = 5
                model.path = "%s/model"
                evaluation { data = "%s", sets = ARC-Easy, batch-size = 2, part-size = %d, beams = 4, max-tokens = 32 }
                """
                        .formatted(LocalRun.inputs(), Fixtures.path("arc-easy/held-out.jsonl"), PART_SIZE);
        return submission.start(name, "evaluate", configuration, "--base", "--output", answers.toString());
    }

    /** Every file of an evaluation, by name. */
    private static Map<String, String> content(Path answers) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(answers)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        answers.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        }
        assertThat(content.keySet())
                .containsExactly("ARC-Easy.jsonl", "accuracy.json", "evaluation.json", "table.html", "table.txt");
        return content;
    }
}
