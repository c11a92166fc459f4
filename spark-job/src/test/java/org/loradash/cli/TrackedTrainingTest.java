package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tracking.FakeMlflow;
import org.loradash.tracking.FakeMlflow.Point;
import org.loradash.tracking.FakeMlflow.Run;

/** Whole runs that an MLflow server is told of: what it gets, and that the run is the same whatever becomes of the server. */
class TrackedTrainingTest {
    private static final int STEPS = 11;

    @TempDir
    private static Path temporary;

    private static TrainedRun untold;

    private FakeMlflow server;

    @BeforeAll
    static void trainUntold() throws IOException {
        Files.copy(Golden.named("lora").directory().resolve("data.jsonl"), temporary.resolve("data.jsonl"));
        untold = new TrainedRun(temporary.resolve("untold"));
        checkDone(train(untold, "validation.hold-out=3", "validation.every-rounds=1"));
        assertThat(untold.directory().resolve("tracking-id")).doesNotExist();
    }

    @BeforeEach
    void start() throws IOException {
        server = new FakeMlflow();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isFollowedFromTheFirstStepToTheLast() throws IOException {
        TrainedRun run = trainTold("followed");
        Run told = server.runs().get(0);
        assertThat(told.status()).isEqualTo("FINISHED");
        assertThat(told.parameters()).containsEntry("dash.directions", "4").containsEntry("training.steps", "11");
        checkFigures(told, run);
        assertThat(server.files().get("report.html"))
                .isEqualTo(Files.readAllBytes(run.directory().resolve("report.html")));
        assertThat(server.files())
                .containsOnlyKeys(
                        "report.html",
                        "resolved.conf",
                        "adapter/adapter_config.json",
                        "adapter/adapter_model.safetensors");
        checkLikeUntold(run);
    }

    @Test
    void goesOnInTheSameRunWhereItWasStopped() throws IOException {
        TrainedRun run = trainTold("stopped");
        TrainedRun again = run.stoppedCopy(temporary.resolve("again"), 3);
        checkDone(train(again, told()));
        checkLikeUntold(again);
        assertThat(server.runs()).hasSize(1);
        checkFigures(server.runs().get(0), again);
        assertThat(server.runs().get(0).status()).isEqualTo("FINISHED");
    }

    @Test
    void isToldOfInWholeWhenItGoesOnAfterItWasBegunUntold() throws IOException {
        TrainedRun again = untold.stoppedCopy(temporary.resolve("late"), 4);
        checkDone(train(again, told()));
        checkLikeUntold(again);
        checkFigures(server.runs().get(0), again);
    }

    @Test
    void isMarkedWhereItFails() throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("failed"));
        TrainCommandLine.Ended ended = train(
                run,
                "validation.hold-out=3",
                "validation.every-rounds=1",
                "training.learning-rate=1e38",
                "tracking.mlflow.uri=" + server.address());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(server.runs().get(0).status()).isEqualTo("FAILED");
    }

    @Test
    void isTheSameWithoutTheServer() throws IOException {
        server.stop();
        checkLikeUntold(trainTold("alone"));
    }

    @Test
    void isTheSameWhereTheServerHangs() throws IOException {
        server.hang();
        checkLikeUntold(trainTold("patient"));
    }

    private TrainedRun trainTold(String name) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        checkDone(train(run, told()));
        return run;
    }

    private String[] told() {
        return new String[] {
            "validation.hold-out=3", "validation.every-rounds=1", "tracking.mlflow.uri=" + server.address()
        };
    }

    /** But for what the run is found again by. */
    private static void checkLikeUntold(TrainedRun run) throws IOException {
        Files.delete(run.directory().resolve("tracking-id"));
        run.checkLike(untold);
    }

    /** Each step's figures are there once, in order, and are those of metrics.jsonl. */
    private static void checkFigures(Run told, TrainedRun run) throws IOException {
        List<JsonNode> steps = run.events("step");
        assertThat(told.metric("loss")).hasSize(STEPS);
        for (int i = 0; i < STEPS; i++) {
            int step = i;
            List<JsonNode> workers = steps.stream()
                    .filter(event -> event.get("step").asInt() == step)
                    .toList();
            double weight = workers.stream()
                    .mapToDouble(event -> event.get("labelled_tokens").asDouble())
                    .sum();
            double loss = workers.stream()
                            .mapToDouble(event -> event.get("loss").asDouble()
                                    * event.get("labelled_tokens").asDouble())
                            .sum()
                    / weight;
            Point point = told.metric("loss").get(i);
            assertThat(point.step()).isEqualTo(i + 1);
            assertThat(point.value()).isCloseTo(loss, within(1e-12));
            assertThat(told.metric("learning_rate").get(i))
                    .isEqualTo(
                            new Point(i + 1, workers.get(0).get("learning_rate").asDouble()));
        }
        assertThat(told.metric("tokens_per_second"))
                .hasSameSizeAs(run.events("round"))
                .isSortedAccordingTo((one, other) -> Integer.compare(one.step(), other.step()));
        assertThat(told.metric("validation/loss"))
                .isEqualTo(run.events("evaluation").stream()
                        .map(event -> new Point(
                                event.get("step").asInt(), event.get("loss").asDouble()))
                        .toList());
        JsonNode boundary = run.events("boundary").get(0);
        assertThat(told.metric("boundary/mean_change_rate"))
                .singleElement()
                .satisfies(point ->
                        assertThat(point.step()).isEqualTo(boundary.get("step").asInt()))
                .satisfies(point -> assertThat(point.value())
                        .isPositive()
                        .isLessThanOrEqualTo(told.metric("boundary/largest_change_rate")
                                .get(0)
                                .value()));
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static TrainCommandLine.Ended train(TrainedRun run, String... settings) throws IOException {
        return TrainCommandLine.train(
                temporary.resolve(run.directory().getFileName() + ".conf"),
                ResumeTest.text(run.directory().toString(), temporary),
                settings);
    }
}
