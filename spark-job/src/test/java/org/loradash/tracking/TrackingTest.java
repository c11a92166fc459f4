package org.loradash.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.run.Claim;
import org.loradash.run.Event;
import org.loradash.run.RunDirectory;
import org.loradash.task.Units;
import org.loradash.tracking.FakeMlflow.Point;
import org.loradash.tracking.FakeMlflow.Run;

/** What an MLflow server gets of a run, and what a server that is not there costs it. */
class TrackingTest {
    private static final Units TOKENS = new Units("tokens", "labelled_tokens", "nothing");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path temporary;

    private FakeMlflow server;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<String> warned = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new FakeMlflow();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsTheServerOfSettingsFiguresFilesAndTheEnd() throws IOException {
        RunDirectory directory = directory("first");
        try (Tracking tracking = tracking(directory)) {
            tracking.tell(round(0, 0, 2.0, 4.0));
            tracking.tell(List.of(
                    new Event.Evaluation(0, 2, 2.5, Map.of("accuracy", 0.75), 8, 8, 0.1, true, 0),
                    new Event.Check(0, 2, 0.5, 0.1)));
            tracking.tell(round(1, 2, 1.0, 3.0));
            tracking.finished();
        }
        assertThat(warned).isEmpty();
        assertThat(said).containsExactly("tracking   %s/#/experiments/0/runs/run0".formatted(server.address()));
        Run run = only();
        assertThat(run.name()).isEqualTo("first");
        assertThat(run.status()).isEqualTo("FINISHED");
        assertThat(run.tags())
                .containsEntry("loradash.run", directory.identity())
                .containsEntry("mlflow.source.name", "lora-dash");
        assertThat(run.parameters())
                .containsEntry("adapter.rank", "4")
                .containsEntry("training.learning-rate", "2e-4")
                .containsEntry("model.path", "vault://me:*********(redacted)@host/model");
        assertThat(run.metric("loss"))
                .as("means over 3 labelled tokens of one worker and 1 of the other")
                .containsExactly(new Point(1, 2.5), new Point(2, 2.5), new Point(3, 1.5), new Point(4, 1.5));
        assertThat(run.metric("learning_rate"))
                .containsExactly(new Point(1, 0.5), new Point(2, 0.25), new Point(3, 0.5), new Point(4, 0.25));
        assertThat(run.metric("tokens_per_second")).containsExactly(new Point(2, 40), new Point(4, 40));
        assertThat(run.metric("round_seconds")).containsExactly(new Point(2, 0.5), new Point(4, 0.5));
        assertThat(run.metric("validation/loss")).containsExactly(new Point(2, 2.5));
        assertThat(run.metric("validation/accuracy")).containsExactly(new Point(2, 0.75));
        assertThat(run.metric("directions/overlap")).containsExactly(new Point(2, 0.5));
        assertThat(server.files().keySet())
                .containsExactlyInAnyOrder(
                        "report.html", "resolved.conf", "adapter/adapter_config.json", "adapter/empty file");
        assertThat(server.files().get("report.html")).isEqualTo("the report of first".getBytes(StandardCharsets.UTF_8));
        assertThat(server.authorizations()).containsOnly("");
    }

    @Test
    void goesOnInTheSameRunAndTellsOfNoStepTwice() throws IOException {
        RunDirectory directory = directory("killed");
        Tracking killed = tracking(directory);
        killed.tell(round(0, 0, 2.0, 2.0));
        killed.tell(round(1, 2, 1.5, 1.5));
        await().until(() -> only().metric("loss").size() == 4);
        assertThat(only().status()).isEqualTo("RUNNING");

        try (Tracking goesOn = tracking(directory)) {
            // What its metrics.jsonl holds, then a round that is trained again, then one that is new.
            goesOn.tell(round(0, 0, 2.0, 2.0));
            goesOn.tell(round(1, 2, 1.5, 1.5));
            goesOn.tell(round(2, 4, 1.0, 1.0));
            goesOn.finished();
        }
        assertThat(only().metric("loss").stream().map(Point::step)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(only().metric("tokens_per_second").stream().map(Point::step)).containsExactly(2, 4, 6);
        assertThat(only().status()).isEqualTo("FINISHED");
        assertThat(warned).isEmpty();
    }

    @Test
    void tellsOfEarlierStepsThatTheServerDoesNotHave() throws IOException {
        RunDirectory directory = directory("untold");
        try (Tracking goesOn = tracking(directory)) {
            goesOn.tell(round(0, 0, 2.0, 2.0));
            goesOn.finished();
        }
        assertThat(only().metric("loss").stream().map(Point::step)).containsExactly(1, 2);
    }

    @Test
    void takesAnotherDirectoryForAnotherRun() throws IOException {
        for (String name : List.of("one", "other")) {
            try (Tracking tracking = tracking(directory(name))) {
                tracking.finished();
            }
        }
        assertThat(server.runs()).extracting(Run::name).containsExactly("one", "other");
    }

    @Test
    void hasAFailedRunMarkedAndLeavesOneThatAnotherDriverHas() throws IOException {
        tracking(directory("failed")).close();
        assertThat(only().status()).isEqualTo("FAILED");
        assertThat(server.files()).isEmpty();

        RunDirectory directory = directory("lost");
        Claim claim = directory.claim(Duration.ofMinutes(1), line -> {});
        Tracking lost = tracking(directory.under(claim));
        await().until(() -> server.runs().size() == 2);
        claim.close();
        lost.close();
        assertThat(server.runs().get(1).status()).isEqualTo("RUNNING");
    }

    @Test
    void goesOnInARunThatHadFailed() throws IOException {
        RunDirectory directory = directory("failed");
        tracking(directory).close();
        Tracking again = tracking(directory);
        await().until(() -> only().status().equals("RUNNING"));
        again.finished();
        assertThat(only().status()).isEqualTo("FINISHED");
    }

    @Test
    void saysInOneLineThatTheServerIsDownAndInOneWhatItDidNotGet() throws IOException {
        server.stop();
        RunDirectory directory = directory("unseen");
        long begin = System.nanoTime();
        try (Tracking tracking = tracking(directory)) {
            for (int i = 0; i < 10; i++) {
                tracking.tell(round(i, 2 * i, 2.0, 2.0));
            }
            await().until(() -> warned.size() == 1);
            tracking.finished();
        }
        assertThat(seconds(begin)).isLessThan(5);
        assertThat(warned)
                .containsExactly(
                        name() + ": no connection; the run goes on, and the server is tried again",
                        name() + ": the server did not get 60 figures, 4 of 4 files, that it is FINISHED of the run"
                                + " (no connection)");
    }

    @Test
    void sendsWhatWaitedWhileTheServerWasDown() throws IOException {
        try (Tracking tracking = tracking(directory("patient"))) {
            tracking.tell(round(0, 0, 2.0, 2.0));
            await().until(() -> only().metric("loss").size() == 2);
            server.stop();
            tracking.tell(round(1, 2, 2.0, 2.0));
            await().until(() -> warned.size() == 1);
            tracking.tell(round(2, 4, 2.0, 2.0));
            server.startAgain();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> only().metric("loss").size() == 6);
            tracking.finished();
        }
        assertThat(warned).hasSize(1);
        assertThat(only().status()).isEqualTo("FINISHED");
    }

    @Test
    void saysWhatAServerThatStoppedInTheMiddleDidNotGet() throws IOException {
        try (Tracking tracking = tracking(directory("halfway"))) {
            tracking.tell(round(0, 0, 2.0, 2.0));
            await().until(() -> only().metric("loss").size() == 2);
            server.stop();
            tracking.tell(round(1, 2, 2.0, 2.0));
            tracking.finished();
        }
        assertThat(warned.get(warned.size() - 1))
                .startsWith(
                        name() + ": the server did not get 6 figures, 4 of 4 files, that it is FINISHED of the run");
        assertThat(only().status()).isEqualTo("RUNNING");
    }

    @Test
    void waitsForAServerThatHangsOnlyAtTheEndAndNotForLong() throws IOException {
        server.hang();
        RunDirectory directory = directory("held");
        long begin = System.nanoTime();
        try (Tracking tracking = tracking(directory, Map.of(), Duration.ofSeconds(2))) {
            tracking.tell(round(0, 0, 2.0, 2.0));
            assertThat(seconds(begin)).as("told").isLessThan(2);
            await().until(() -> warned.size() == 1);
            tracking.finished();
        }
        assertThat(seconds(begin)).as("two requests of 2 s").isLessThan(10);
        assertThat(warned.get(0))
                .isEqualTo(name() + ": no answer in 2 s; the run goes on, and the server is tried again");
        assertThat(warned).hasSize(2);
    }

    @Test
    void losesWhatIsMoreThanItKeeps() throws IOException {
        server.stop();
        try (Tracking tracking = tracking(directory("long"))) {
            List<Event> checks = java.util.stream.IntStream.range(0, Sender.MOST_WAITING + 17)
                    .<Event>mapToObj(i -> new Event.Check(i, i, 0.5, 0.1))
                    .toList();
            tracking.tell(checks);
            await().until(() -> warned.size() == 1);
            server.startAgain();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !server.runs().isEmpty()
                            && only().metric("directions/overlap").size() == Sender.MOST_WAITING);
            tracking.finished();
        }
        assertThat(warned.get(1)).isEqualTo(name() + ": the server did not get 17 figures of the run");
    }

    @Test
    void saysWhyTheServerRefuses() throws IOException {
        server.refuse("/", 400);
        try (Tracking tracking = tracking(directory("refused"))) {
            await().until(() -> warned.size() == 1);
            tracking.finished();
        }
        assertThat(warned.get(0))
                .isEqualTo(
                        name() + ": status 400, it is refused, as it was asked to be; the run goes on, and the server"
                                + " is tried again");
    }

    @Test
    void goesOnWithoutFiguresThatTheServerRefuses() throws IOException {
        server.refuse("log-batch", 400);
        try (Tracking tracking = tracking(directory("partly"))) {
            tracking.tell(round(0, 0, 2.0, 2.0));
            tracking.finished();
        }
        assertThat(warned)
                .containsExactly(
                        name()
                                + ": status 400, it is refused, as it was asked to be; the run goes on without some of its"
                                + " settings or figures there",
                        name() + ": the server did not get 6 figures of the run");
        assertThat(only().status()).isEqualTo("FINISHED");
        assertThat(server.files()).hasSize(4);
    }

    @Test
    void triesAgainWhatTheServerRefusesForNow() throws IOException {
        server.refuse("runs/create", 503);
        try (Tracking tracking = tracking(directory("later"))) {
            await().until(() -> warned.size() == 1);
            server.refuse("/", 0);
            await().atMost(Duration.ofSeconds(20)).until(() -> server.runs().size() == 1);
            tracking.finished();
        }
        assertThat(warned).hasSize(1);
        assertThat(only().status()).isEqualTo("FINISHED");
    }

    @Test
    void namesItselfByMlflowsOwnVariables() throws IOException {
        try (Tracking token = tracking(directory("token"), Map.of("MLFLOW_TRACKING_TOKEN", "hush"), PATIENCE)) {
            token.finished();
        }
        assertThat(server.authorizations()).containsOnly("Bearer hush");
        server.authorizations().clear();
        Map<String, String> password = Map.of(
                "MLFLOW_TRACKING_TOKEN",
                "hush",
                "MLFLOW_TRACKING_USERNAME",
                "me",
                "MLFLOW_TRACKING_PASSWORD",
                "secret");
        try (Tracking user = tracking(directory("user"), password, PATIENCE)) {
            user.finished();
        }
        assertThat(server.authorizations()).containsOnly("Basic bWU6c2VjcmV0");
    }

    @Test
    void putsFilesWhereTheServerSaysThatTheyAreKept() throws IOException {
        Path kept = Files.createDirectory(temporary.resolve("kept"));
        server.artifacts(kept.toString());
        try (Tracking tracking = tracking(directory("plain"))) {
            tracking.finished();
        }
        server.artifacts(kept.toUri().toString());
        try (Tracking tracking = tracking(directory("uri"))) {
            tracking.finished();
        }
        for (String run : List.of("run0", "run1")) {
            assertThat(kept.resolve(run + "/artifacts/adapter/adapter_config.json"))
                    .hasContent("{}");
        }
        assertThat(warned).isEmpty();
    }

    @Test
    void saysThatFilesAreKeptWhereItDoesNotReach() throws IOException {
        server.artifacts("gopher://bucket");
        try (Tracking tracking = tracking(directory("away"))) {
            tracking.finished();
        }
        assertThat(warned)
                .containsExactly(name() + ": the server did not get 4 of 4 files of the run (artifacts are kept where"
                        + " Hadoop is not set up for, gopher://bucket/run0/artifacts)");
        assertThat(only().status()).isEqualTo("FINISHED");
    }

    private Tracking tracking(RunDirectory directory) throws IOException {
        return tracking(directory, Map.of(), PATIENCE);
    }

    private Tracking tracking(RunDirectory directory, Map<String, String> environment, Duration patience)
            throws IOException {
        return Tracking.of(settings(directory), directory, TOKENS, said::add, warned::add, environment, patience);
    }

    private Settings settings(RunDirectory directory) throws IOException {
        Path file = temporary.resolve("job.conf");
        Files.writeString(
                file,
                """
                run.output = "%s"
                model.path = "vault://me:hush@host/model"
                data.train = a.json
                training.steps = 8
                adapter.rank = 4
                tracking.mlflow.uri = "%s/"
                """
                        .formatted(directory.path(), server.address()));
        return new SettingsReader(new Configuration()).read(file.toString(), List.of());
    }

    private String name() {
        return "tracking.mlflow.uri: " + server.address() + "/";
    }

    private Run only() {
        List<Run> runs = server.runs();
        assertThat(runs).hasSizeLessThan(2);
        return runs.isEmpty() ? new Run() : runs.get(0);
    }

    /** A run's directory with what it leaves. */
    private RunDirectory directory(String name) throws IOException {
        Path run = Files.createDirectories(temporary.resolve(name + "/adapter")).getParent();
        Files.writeString(run.resolve("report.html"), "the report of " + name);
        Files.writeString(run.resolve("resolved.conf"), "");
        Files.writeString(run.resolve("adapter/adapter_config.json"), "{}");
        Files.writeString(run.resolve("adapter/empty file"), "");
        Files.writeString(run.resolve("metrics.jsonl"), "{}");
        return RunDirectory.of(new Configuration(), run.toString());
    }

    /** A round of two workers and two steps: 3 labelled tokens of the first worker, 1 of the second. */
    private static List<Event> round(int round, int step, double first, double second) {
        return List.of(
                new Event.Step(round, 0, step, first, 8, 8, 3, 0.5),
                new Event.Step(round, 0, step + 1, first, 8, 8, 3, 0.25),
                new Event.Step(round, 1, step, second, 8, 8, 1, 0.5),
                new Event.Step(round, 1, step + 1, second, 8, 8, 1, 0.25),
                new Event.Round(round, "sprint", (first + second) / 2, 20, 20, 0.5, 40, 0.1));
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) * 1e-9;
    }
}
