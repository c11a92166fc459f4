package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.FaultyFiles;
import org.loradash.Fixtures;

/**
 * A driver that is killed (SIGKILL) again and again, and started again each time with nothing but the same command, ends
 * with the bytes of one that was left alone: adapter, boundary, and metrics but for times.
 */
class KillTest {
    private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(5);
    private static final long SEED = 20240902;

    /** Of metrics.jsonl in the whole run: six a round, and one for the boundary after the tenth. */
    private static final int LINES_BEFORE_BOUNDARY = 60;

    private static final int LINES = 181;

    @TempDir
    private static Path temporary;

    private static TrainedRun whole;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        whole = new TrainedRun(temporary.resolve("whole"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve("whole.conf"), text(whole.directory().toString()));
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(whole.events("step")).hasSize(120);
        assertThat(whole.facts()).hasSize(LINES);
    }

    @Test
    void endsWithTheSameBytesAfterKillsInTokenisationBoundaryAndExport() throws Exception {
        checkAfter(
                "three",
                List.of(
                        new At("write:.tokens"),
                        new At("write:boundary.safetensors"),
                        new At("write:adapter_model.safetensors")));
    }

    @Test
    @Tag("long")
    void endsWithTheSameBytesAfterTenKills() throws Exception {
        Random random = new Random(SEED);
        List<Moment> moments = new ArrayList<>(List.of(new At("write:.tokens")));
        addRandom(moments, 2, random, 1, LINES_BEFORE_BOUNDARY - 6);
        moments.add(new At("rename:boundary.safetensors"));
        addRandom(moments, 4, random, LINES_BEFORE_BOUNDARY + 6, LINES - 12);
        moments.add(new At("write:adapter_model.safetensors"));
        moments.add(new At("create:_SUCCESS"));
        assertThat(moments).hasSize(10);
        checkAfter("ten", moments);
    }

    /** As Airflow, YARN and a terminal end a driver first, before they kill it. */
    @Test
    void givesTheDirectoryBackWhenItIsToldToEnd() throws Exception {
        TrainedRun run = new TrainedRun(temporary.resolve("told"));
        Path log = temporary.resolve("told.log");
        Path configuration = Files.writeString(
                temporary.resolve("told.conf"), text(run.directory().toString()));
        Process driver = TrainProcess.start(configuration, log, List.of("-Dloradash.log=log"));
        await().atMost(LONGEST_ATTEMPT).until(() -> !driver.isAlive() || isNow(new After(1, 0), run, null));
        driver.destroy();
        assertThat(driver.waitFor()).as("ended by signal 15").isEqualTo(128 + 15);
        assertThat(run.directory().resolve("claims")).doesNotExist();
        assertThat(run.directory().resolve("_SUCCESS")).doesNotExist();
        String said = Files.readString(log);
        int last = said.indexOf("lora-dash: stopped; started again, train, sweep, evaluate and predict go on");
        assertThat(last).as(said).isPositive();
        assertThat(said.substring(last)).doesNotContain("Exception", "\tat ", "failed");
    }

    /** When a driver is killed. */
    private sealed interface Moment {
        List<String> options(Path reached);
    }

    /** Just before an operation on a file. */
    private record At(String operation) implements Moment {
        @Override
        public List<String> options(Path reached) {
            return FaultyFiles.hangAt(operation, reached);
        }

        @Override
        public String toString() {
            return "before " + operation;
        }
    }

    /** Some time after metrics.jsonl has so many lines. */
    private record After(int lines, int milliseconds) implements Moment {
        @Override
        public List<String> options(Path reached) {
            return List.of();
        }

        @Override
        public String toString() {
            return "%d ms after line %d of metrics.jsonl".formatted(milliseconds, lines);
        }
    }

    private static void addRandom(List<Moment> moments, int count, Random random, int from, int to) {
        random.ints(count, from, to).sorted().forEach(lines -> moments.add(new After(lines, random.nextInt(400))));
    }

    private static void checkAfter(String name, List<Moment> moments) throws Exception {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        Path log = temporary.resolve(name + ".log");
        Path configuration = Files.writeString(temporary.resolve(name + ".conf"), text("faulty://" + run.directory()));
        for (int i = 0; i < moments.size(); i++) {
            Moment moment = moments.get(i);
            Path reached = temporary.resolve(name + "-reached-" + i);
            Process driver = TrainProcess.start(configuration, log, moment.options(reached));
            try {
                await().atMost(LONGEST_ATTEMPT)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> !driver.isAlive() || isNow(moment, run, reached));
                assertThat(driver.isAlive())
                        .as(() -> "still running " + moment + "\n" + text(log))
                        .isTrue();
                if (moment instanceof After after) {
                    TimeUnit.MILLISECONDS.sleep(after.milliseconds());
                }
            } finally {
                driver.destroyForcibly().onExit().join();
            }
            System.out.printf("kill %d of %d (%s): status %d%n", i + 1, moments.size(), moment, driver.exitValue());
            assertThat(driver.exitValue()).as("killed by signal 9").isEqualTo(128 + 9);
        }
        Process last = TrainProcess.start(configuration, log, List.of());
        assertThat(last.waitFor()).as(() -> text(log)).isZero();
        assertThat(text(log)).contains("has expired and is taken over");
        run.checkLike(whole);
    }

    private static boolean isNow(Moment moment, TrainedRun run, Path reached) throws IOException {
        if (moment instanceof After after) {
            Path metrics = run.directory().resolve("metrics.jsonl");
            if (!Files.exists(metrics)) {
                return false;
            }
            try (Stream<String> lines = Files.lines(metrics)) {
                return lines.count() >= after.lines();
            }
        }
        return Files.exists(reached);
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String text(String output) {
        return """
                run { output = "%s", claim-seconds = 1 }
                model.path = "%s"
                data { train = "%s", cutoff = 48 }
                adapter { rank = 4, targets = [q_proj, v_proj], dropout = 0.1 }
                dash { pre-launch-steps = 20, directions = 4, cache = "%s" }
                training { workers = 2, local-steps = 2, batch-size = 2, steps = 60, learning-rate = 2e-3 }
                """
                        .formatted(
                                output,
                                Fixtures.path("tiny-llama/model"),
                                Fixtures.path("arc-easy/train.json"),
                                temporary.resolve("decompositions"))
                + TrainCommandLine.SPARK
                + "spark.hadoop.fs.faulty.impl = \"" + FaultyFiles.class.getName() + "\"\n";
    }
}
