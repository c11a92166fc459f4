package org.loradash.tsd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

class JobRunTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    @Test
    void readsWhatTheJobLeaves() {
        JobRun run = JobRun.open(Fixtures.path("run").toString(), HADOOP);
        assertThat(run.model()).isEqualTo("base");
        assertThat(run.epsilon()).isEqualTo(1e-6);
        assertThat(run.boundary()).hasValue(15);
        assertThat(run.end()).hasValue(30);
        assertThat(run.atBoundary()).hasSize(6).allSatisfy((target, own) -> {
            assertThat(own.directions()).hasSize(8);
            assertThat(own.changeRates()).hasSize(target.endsWith("v_proj") ? 16 : 40);
        });
        assertThat(run.tracked().keySet()).containsExactly(10L, 20L);
        assertThat(run.trackedDirections(run.tracked().get(10L)))
                .hasSize(6)
                .allSatisfy((target, directions) -> assertThat(directions).hasSize(16));
        assertThat(run.settings()).containsEntry("adapter.rank", "4").doesNotContainKey("resolved.hashes");
        assertThat(run.decompositions()).as("no hash was noted").isEmpty();
    }

    @Test
    void itsResultIsThatOfTheLowestMeasuredLossWhereTheRunKeptIt() throws IOException {
        settings("model.path = m, validation.patience = 2");
        Files.writeString(
                directory.resolve("run/metrics.jsonl"),
                """
                {"event": "step", "step": 0}
                {"event": "evaluation", "step": 1, "best": true}
                {"event": "evaluation", "step": 2, "best": true}
                {"event": "step", "step": 3}
                {"event": "evaluation", "step": 4, "best": false}
                """);
        JobRun kept = JobRun.open(directory.resolve("run").toString(), HADOOP);
        assertThat(kept.result()).hasValue(2);
        assertThat(kept.end()).hasValue(4);
        settings("model.path = m, validation.patience = 0");
        assertThat(JobRun.open(directory.resolve("run").toString(), HADOOP).result())
                .as("measured alone")
                .hasValue(4);
    }

    @Test
    void decompositionsLieBesideTheRunUnderTheHashOfItsModel() throws IOException {
        settings("model.path = \"/models/a.b\"\nresolved { \"hashes\" { \"/models/a.b\" = \"0f\" } }");
        JobRun run = JobRun.open(directory.resolve("run").toString(), HADOOP);
        assertThat(run.decompositions().orElseThrow().directory()).endsWith(directory + "/decompositions/0f");
        settings("model.path = m, dash.cache = \"hdfs:/c\", resolved.hashes.m = \"0f\"");
        assertThat(JobRun.open(directory.resolve("run").toString(), HADOOP)
                        .decompositions()
                        .orElseThrow()
                        .directory())
                .isEqualTo("hdfs:/c/0f");
    }

    @Test
    void aRunWithoutTrackingOrBoundaryHasNone() throws IOException {
        settings("model.path = m");
        JobRun run = JobRun.open(directory.resolve("run").toString(), HADOOP);
        assertThat(run.tracked()).isEmpty();
        assertThat(run.atBoundary()).isEmpty();
        assertThat(run.boundary()).isEmpty();
    }

    @Test
    void halfALineAtTheEndOfTheMetricsIsPassedOver() throws IOException {
        settings("model.path = m");
        Files.writeString(
                directory.resolve("run/metrics.jsonl"), "{\"event\":\"step\",\"step\":4}\n{\"event\":\"step\",\"st");
        assertThat(JobRun.open(directory.resolve("run").toString(), HADOOP).end())
                .hasValue(5);
    }

    @Test
    void settingsOfSomebodyElseAreRefused() throws IOException {
        settings("include \"/etc/passwd\"");
        assertRefused("resolved.conf: include (must be what the training job wrote, without includes)");
        settings("a = {");
        assertThatThrownBy(() -> JobRun.open(directory.resolve("run").toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("resolved.conf: ");
        settings("run.output = x");
        assertThatThrownBy(() ->
                        JobRun.open(directory.resolve("run").toString(), HADOOP).model())
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("resolved.conf: model.path: absent (must be what the training job wrote)");
    }

    @Test
    void trackedDirectionsMustBeDirectionsOfTheTarget() throws IOException {
        settings("model.path = m");
        Path file = directory.resolve("run/tsd/tracked/step-000000100.safetensors");
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            SafetensorsWriter.write(
                    out,
                    Map.of(),
                    List.of(
                            NamedTensor.of("a.directions", new long[] {0, 4}, 2),
                            NamedTensor.of("a.delta_sigma", new float[4], 4)));
        }
        JobRun run = JobRun.open(directory.resolve("run").toString(), HADOOP);
        assertThatThrownBy(() -> run.trackedDirections(run.tracked().get(100L)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(
                        "step-000000100.safetensors: a.directions: [0, 4] (must be different indices below 4)");
    }

    @Test
    void afterFullFineTuningTheChangeIsThatOfTheModelThatItLeft() throws IOException {
        settings("model.path = m, adapter.method = full");
        Path model = Files.createDirectories(directory.resolve("run/model"));
        for (String name : List.of(
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors")) {
            Files.copy(Fixtures.path("tuned").resolve(name), model.resolve(name));
        }
        try (Task task = Task.open(directory.resolve("run").toString(), HADOOP)) {
            assertThat(task.source()).isInstanceOf(TunedModel.class);
            assertThat(task.source().path()).endsWith("run/model");
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> JobRun.open(directory.resolve("run").toString(), HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(message);
    }

    private void settings(String text) throws IOException {
        Files.createDirectories(directory.resolve("run"));
        Files.writeString(directory.resolve("run/resolved.conf"), text);
    }
}
