package org.loradash.tsd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.TensorFile;

class TsdTest {
    private static final String BASE = Fixtures.path("base").toString();
    private static final String TUNED = Fixtures.path("tuned").toString();
    private static final String FIRST = Fixtures.path("first").toString();
    private static final String SECOND = Fixtures.path("second").toString();
    private static final String RUN = Fixtures.path("run").toString();

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void ratesOfAnAdapter() throws IOException {
        assertThat(tsd("rates", "--base", BASE, FIRST)).isZero();
        assertThat(out.toString())
                .startsWith("first: changes 6 of 6 matrices; highest change rate ")
                .contains("report: file:");
        assertThat(err.toString()).contains("tsd: 6 matrices in ");
        assertThat(results()).containsOnly(Map.entry("settings", 1L), Map.entry("rates", 6L));
        String name = "model.layers.0.mlp.up_proj";
        JsonNode expected = Fixtures.expected().get("first").get(name);
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(output() + "/rates/first.safetensors");
        try (TensorFile rates = TensorFile.open(FileSystems.of("rates", file.toString(), new Configuration()), file)) {
            assertThat(rates.tensors()).hasSize(24);
            assertThat(Arrays.stream(rates.readLongs(name + ".directions")).mapToInt(i -> (int) i))
                    .containsExactly(Arrays.stream(Fixtures.indices(expected.get("directions")))
                            .boxed()
                            .toArray(Integer[]::new));
            assertThat(rates.readFloats(name + ".sigma")).hasSize(40);
        }
    }

    @Test
    void predictOfARunWithTrackedDirections() throws IOException {
        assertThat(tsd("predict", "--base", BASE, "--reference", TUNED, RUN)).isZero();
        assertThat(out.toString())
                .contains(
                        "run at step 10: recall 0.850, accuracy 0.925, mean of 5 matrices",
                        "run at step 30: recall 0.950, accuracy 0.900, mean of 5 matrices");
        assertThat(results()).containsEntry("prediction", 20L);
        assertThat(page()).contains("Recall by step, mean of all targets", "top 4 directions among the top 8");
    }

    @Test
    void cutoffsAreTheUsers() {
        assertThat(tsd("predict", "--base", BASE, "--reference", TUNED, "--recalled=1", "--accepted=40", FIRST))
                .isZero();
        assertThat(out.toString()).contains("first at the end: recall 1.000, accuracy 1.000");
    }

    @Test
    void compareOfTwoTasks() throws IOException {
        assertThat(tsd("compare", "--base", BASE, "--directions", "8", "a=" + FIRST, "b=" + SECOND))
                .isZero();
        assertThat(out.toString()).contains("a and b: ").contains(" directions in common, mean of 2 matrices");
        assertThat(results()).containsEntry("similarity", 2L);
        assertThat(page()).contains("a and b", "rank in a");
    }

    @Test
    void amplifyOfARun() throws IOException {
        assertThat(tsd("amplify", "--base", BASE, RUN)).isZero();
        assertThat(out.toString()).contains("at the end are 2.49 times those at the boundary, median of 6 matrices");
        assertThat(results()).containsEntry("amplification", 6L);
    }

    @Test
    void reportHasAllThatApplies() throws IOException {
        assertThat(tsd("report", "--base", BASE, "--reference", TUNED, RUN, SECOND))
                .isZero();
        assertThat(results())
                .containsOnly(
                        Map.entry("settings", 1L),
                        Map.entry("rates", 6L + 4 + 7),
                        Map.entry("prediction", 20L + 4),
                        Map.entry("similarity", 2L),
                        Map.entry("amplification", 6L));
        assertThat(page())
                .contains("Change rates", "Recall and accuracy", "Directions of different tasks", "Amplification")
                .contains("tuned (reference)");
        assertThat(Path.of(output(), "rates/tuned.safetensors")).exists();
    }

    @Test
    void everythingMayLieOnAnyHadoopFileSystem() {
        String mounts = "fs.viewfs.mounttable.cluster.link.";
        int status = Tsd.run(
                new String[] {
                    "report",
                    "-D",
                    mounts + "/data=" + Fixtures.path("base").getParent().toUri(),
                    "-D",
                    mounts + "/out=" + directory.toUri(),
                    "--base=viewfs://cluster/data/base",
                    "--reference=viewfs://cluster/data/tuned",
                    "--cache=viewfs://cluster/out/cache",
                    "--output=viewfs://cluster/out/output",
                    "viewfs://cluster/data/run"
                },
                new PrintWriter(out, true),
                new PrintWriter(err, true));
        assertThat(status).as(err.toString()).isZero();
        assertThat(directory.resolve("output/report.html")).exists();
        assertThat(directory.resolve("cache")).isDirectoryContaining("glob:**");
    }

    @Test
    void aMistakeIsOneLineAndStatusTwo() throws IOException {
        assertMistake("--base: absent (must be the frozen model; only a run directory names its own)", "rates", FIRST);
        assertMistake(
                directory + "/none: not found (must be a run directory, a PEFT adapter's, or a model's)",
                "rates",
                "--base",
                BASE,
                directory + "/none");
        assertMistake(
                directory.resolve("none") + ": no weights (must be a directory with model.safetensors,"
                        + " pytorch_model.bin or diffusion_pytorch_model.safetensors, or with the .index.json of shards)",
                "rates",
                "--base",
                directory + "/none",
                FIRST);
        assertMistake(
                "first: no boundary (must be the directory of a LoRA-Dash run with tsd/boundary.safetensors)",
                "amplify",
                "--base",
                BASE,
                FIRST);
        assertMistake("TASK: " + FIRST + " (must be two or more to be compared)", "compare", "--base", BASE, FIRST);
        assertMistake(
                FIRST + ": a second first (must have a name of its own: NAME=PATH)",
                "compare",
                "--base",
                BASE,
                FIRST,
                FIRST);
        assertMistake("--predicted: 0 (must be at least 1)", "report", "--predicted=0", "--base", BASE, FIRST);
        assertMistake("--epsilon: 0.0 (must be positive)", "rates", "--epsilon=0", "--base", BASE, FIRST);
        assertMistake("--bas: unknown option (must be one of --output, ", "rates", "--bas", BASE, FIRST);
        Files.createDirectories(Path.of(output()));
        Files.writeString(Path.of(output(), "kept"), "kept");
        assertMistake(
                "--output: " + output() + " (must be new or empty: nothing is overwritten)",
                "rates",
                "--base",
                BASE,
                FIRST);
        assertThat(Path.of(output(), "kept")).hasContent("kept");
    }

    @Test
    void aTunedModelOfAnotherShapeIsRefused() {
        assertMistake(
                BASE + ": model.layers.0.mlp.down_proj.weight: shape [40, 56] (must be [32, 72], as in the base model)",
                "rates",
                "--base",
                Path.of("..", "src-test-data", "golden", "lora", "model").toString(),
                BASE);
    }

    @Test
    void helpNamesTheCommandsAndTheStatuses() {
        assertThat(Tsd.run(new String[] {"--help"}, new PrintWriter(out, true), new PrintWriter(err, true)))
                .isZero();
        assertThat(out.toString()).contains("rates", "predict", "compare", "amplify", "report", "Exit status: 0 done");
        assertThat(Tsd.run(new String[] {"--version"}, new PrintWriter(out, true), new PrintWriter(err, true)))
                .isZero();
        assertThat(out.toString()).containsPattern("tsd \\d+\\.\\d+");
    }

    private void assertMistake(String message, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(tsd(arguments)).as(message).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("tsd: " + message);
    }

    private int tsd(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", output(), "--threads", "2"));
        return Tsd.run(all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private String output() {
        return directory.resolve("output").toString();
    }

    private String page() throws IOException {
        return Files.readString(Path.of(output(), "report.html"));
    }

    private Map<String, Long> results() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> results = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(output(), "results.jsonl"))) {
            results.add(json.readTree(line).get("result").asText());
        }
        return results.stream().collect(Collectors.groupingBy(result -> result, Collectors.counting()));
    }
}
