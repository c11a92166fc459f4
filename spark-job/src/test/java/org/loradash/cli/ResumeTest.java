package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.io.Sha256;

/** A run that was interrupted goes on in its directory and ends as if it had not been; nothing else touches it. */
class ResumeTest {
    /** Of the whole run: a checkpoint a round, the boundary after the third. */
    private static final int ROUNDS = 6;

    @TempDir
    private static Path temporary;

    private static TrainedRun whole;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        Files.copy(Golden.named("lora").directory().resolve("data.jsonl"), temporary.resolve("data.jsonl"));
        whole = new TrainedRun(temporary.resolve("whole"));
        checkDone(train(whole));
        assertThat(whole.checkpoints()).hasSize(ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, ROUNDS})
    void goesOnFromTheNewestCheckpoint(int checkpoints) throws IOException {
        TrainedRun stopped = stoppedCopy("stopped-" + checkpoints, checkpoints);
        checkDone(train(stopped));
        checkLikeWhole(stopped);
    }

    @Test
    void goesOnAfterTheProcessWasKilled() throws IOException {
        TrainedRun killed = new TrainedRun(temporary.resolve("killed"));
        Process process = start(killed);
        try {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !process.isAlive() || !killed.checkpoints().isEmpty());
        } finally {
            process.destroyForcibly().onExit().join();
        }
        assertThat(killed.directory().resolve("_SUCCESS")).doesNotExist();
        assertThat(killed.checkpoints()).isNotEmpty();
        checkDone(train(killed));
        checkLikeWhole(killed);
    }

    @Test
    void passesOverTornAndAlteredCheckpoints() throws IOException {
        TrainedRun damaged = stoppedCopy("damaged", 5);
        List<Path> checkpoints = damaged.checkpoints();
        Path torn = checkpoints.get(4);
        Files.write(torn, Arrays.copyOf(Files.readAllBytes(torn), (int) Files.size(torn) / 2));
        byte[] altered = Files.readAllBytes(checkpoints.get(3));
        altered[altered.length - 5] ^= 1;
        Files.write(checkpoints.get(3), altered);

        checkDone(train(damaged));
        checkLikeWhole(damaged);
    }

    @Test
    void writesMetricsAgainWhoseLastLineWasCut() throws IOException {
        TrainedRun cut = stoppedCopy("cut", 2);
        Path metrics = cut.directory().resolve("metrics.jsonl");
        byte[] bytes = Files.readAllBytes(metrics);
        Files.write(metrics, Arrays.copyOf(bytes, bytes.length - 9));
        checkDone(train(cut));
        checkLikeWhole(cut);
    }

    @Test
    void beginsAgainWhereOnlyTokensHadBeenMade() throws IOException {
        TrainedRun begun = new TrainedRun(temporary.resolve("begun"));
        TrainedRun.copy(whole.directory().resolve("tokens"), begun.directory().resolve("tokens"));
        Files.write(begun.directory().resolve("tokens/shard-000001.tokens"), new byte[7]);
        checkDone(train(begun));
        checkLikeWhole(begun);
    }

    @Test
    void leavesAFinishedRunAlone() throws IOException {
        Map<String, String> before = content(whole.directory());
        checkDone(train(whole));
        assertThat(content(whole.directory())).isEqualTo(before);
    }

    @Test
    void refusesAnotherConfigurationInTheSameDirectory() throws IOException {
        TrainedRun stopped = stoppedCopy("another-configuration", 2);
        Map<String, String> before = content(stopped.directory());
        for (TrainedRun run : List.of(stopped, whole)) {
            TrainCommandLine.Ended ended = train(run, "adapter.alpha=32");
            assertThat(ended.errors())
                    .containsExactly(
                            "lora-dash: adapter.alpha: 32 (must be 8, with which the run in run.output began; or"
                                    + " give another run.output)");
            assertThat(ended.status()).isEqualTo(2);
        }
        assertThat(content(stopped.directory())).isEqualTo(before);
    }

    @Test
    void refusesDataThatHasChanged() throws IOException {
        TrainedRun stopped = stoppedCopy("changed-data", 2);
        Path data = temporary.resolve("data.jsonl");
        byte[] bytes = Files.readAllBytes(data);
        try {
            Files.writeString(data, "{\"input_ids\": [1, 2, 3]}\n", StandardOpenOption.APPEND);
            TrainCommandLine.Ended ended = train(stopped);
            assertThat(ended.errors())
                    .containsExactly("lora-dash: " + data + ": has changed since the run in run.output began (must be"
                            + " the same, or give another run.output)");
            assertThat(ended.status()).isEqualTo(2);
        } finally {
            Files.write(data, bytes);
        }
        checkDone(train(stopped));
        checkLikeWhole(stopped);
    }

    @Test
    void overwritesNothingInADirectoryOfOtherThings() throws IOException {
        Path foreign = Files.createDirectory(temporary.resolve("foreign"));
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        TrainCommandLine.Ended ended = train(new TrainedRun(foreign));
        assertThat(ended.errors())
                .containsExactly("lora-dash: run.output: " + foreign
                        + " (must be new, empty, or the directory of an earlier run)");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(content(foreign)).containsOnlyKeys("notes.txt");
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static void checkLikeWhole(TrainedRun run) throws IOException {
        run.checkLike(whole);
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(run.checkpoints().get(i))
                    .hasSameBinaryContentAs(whole.checkpoints().get(i));
        }
    }

    private static TrainedRun stoppedCopy(String name, int checkpoints) throws IOException {
        return whole.stoppedCopy(temporary.resolve(name), checkpoints);
    }

    private static TrainCommandLine.Ended train(TrainedRun run, String... settings) throws IOException {
        return TrainCommandLine.train(configuration(run), text(run), settings);
    }

    private static Path configuration(TrainedRun run) {
        return temporary.resolve(run.directory().getFileName() + ".conf");
    }

    private static String text(TrainedRun run) {
        return text(run.directory().toString(), temporary);
    }

    /**
     * A run of 6 rounds with a checkpoint each and a boundary after the third, shuffled records and dropout.
     *
     * @param output the run's directory
     * @param files a directory with data.jsonl
     */
    static String text(String output, Path files) {
        return Golden.named("lora").configuration(output)
                + """
                run.claim-seconds = 1
                data { train = "%s", shuffle = true }
                adapter { method = lora-dash, dropout = 0.1 }
                dash { on = true, directions = 4, pre-launch-steps = 5, cache = "%s" }
                checkpoint { every-rounds = 1, keep = 10 }
                training { workers = 2, local-steps = 2, batch-size = 2, steps = 11 }
                """
                        .formatted(files.resolve("data.jsonl"), files.resolve("decompositions"));
    }

    private static Process start(TrainedRun run) throws IOException {
        Files.writeString(configuration(run), text(run));
        return TrainProcess.start(configuration(run), temporary.resolve("killed.log"), List.of());
    }

    /** Every file below a directory with its bytes' hash and its time. */
    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                content.put(
                        directory.relativize(file).toString(),
                        Sha256.of(bytes) + " " + Files.getLastModifiedTime(file));
            }
        }
        return content;
    }
}
