package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.adapter.Method;
import org.loradash.tsd.io.TensorFile;

/** Every method of adaptation through the command, alone and with a sprint. */
class MethodRunTest {
    /** Of the pre-trained model on the first batch, from the oracle. */
    private static final double BASE_LOSS =
            Golden.named("pissa").expected().get("base_loss").asDouble();

    private static final int RECORDS = 12;

    @TempDir
    private static Path temporary;

    /** Each with a sprint, and without where it can be. */
    static Stream<Arguments> methods() {
        return Method.ALL.stream().flatMap(method -> Stream.of(true, false)
                .filter(dash -> dash || method.withoutSprint().isEmpty())
                .map(dash -> arguments(method.name(), dash)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void startsAtThePretrainedModelAndLowersTheLoss(String method, boolean dash) throws IOException {
        TrainedRun run = train(method + dash, "adapter.method=" + method, "dash.on=" + dash);
        List<JsonNode> steps = run.events("step");
        assertThat(steps.get(0).get("loss").asDouble()).isCloseTo(BASE_LOSS, within(1e-4));
        assertThat(mean(steps.subList(steps.size() - RECORDS, steps.size())))
                .isLessThan(mean(steps.subList(0, RECORDS)) - 0.2);
        assertThat(run.events("boundary")).hasSize(dash ? 1 : 0);
    }

    @Test
    void startsAtThePretrainedModelWithDropoutToo() throws IOException {
        TrainedRun run = train("dropout", "adapter.method=pissa", "adapter.dropout=0.5", "training.steps=1");
        assertThat(run.events("step").get(0).get("loss").asDouble()).isCloseTo(BASE_LOSS, within(1e-4));
    }

    @ParameterizedTest
    @CsvSource({"top, '0 1 2 3'", "bottom, '31 30 29 28'"})
    void givesCoordinatesToOtherDirectionsForComparison(String choice, String expected) throws IOException {
        TrainedRun run = train(choice, "adapter.method=lora-dash", "dash.choose=" + choice);
        try (TensorFile boundary = run.boundary()) {
            assertThat(directions(boundary, "model.layers.0.self_attn.v_proj")).isEqualTo(expected);
        }
    }

    @Test
    void recordsThePredictedDirectionsEveryFewSteps() throws IOException {
        TrainedRun run = train(
                "tracked",
                "adapter.method=milora",
                "dash.on=true",
                "dash.pre-launch-steps=8",
                "dash.track-every=4",
                "training.local-steps=3",
                "training.steps=14");
        List<JsonNode> events = run.events("tracked");
        assertThat(events.stream().map(event -> event.get("step").asInt())).containsExactly(4, 8, 12);
        assertThat(run.events("boundary").get(0).get("step").asInt()).isEqualTo(8);
        for (JsonNode event : events) {
            String name = "tsd/tracked/step-%09d.safetensors"
                    .formatted(event.get("step").asInt());
            assertThat(event.get("file").asText()).isEqualTo(name);
            try (TensorFile file = TrainedRun.open(run.directory().resolve(name))) {
                assertThat(file.tensors()).hasSize(2 * event.get("targets").asInt());
                assertThat(file.readLongs("model.layers.0.mlp.up_proj.directions"))
                        .hasSize(16)
                        .doesNotHaveDuplicates();
                assertThat(file.readFloats("model.layers.0.mlp.up_proj.delta_sigma"))
                        .hasSize(64);
            }
        }
        try (TensorFile boundary = run.boundary();
                TensorFile tracked =
                        TrainedRun.open(run.directory().resolve("tsd/tracked/step-000000008.safetensors"))) {
            String target = "model.layers.1.self_attn.q_proj";
            assertThat(tracked.readFloats(target + ".delta_sigma"))
                    .as("the boundary is at a tracked step")
                    .containsExactly(boundary.readFloats(target + ".delta_sigma"));
            assertThat(directions(tracked, target)).startsWith(directions(boundary, target) + " ");
        }
    }

    @Test
    void endsPreLaunchWhenTheDirectionsHaveSettled() throws IOException {
        TrainedRun run = train("settled", automatic("dash.auto.overlap=0.3", "dash.auto.least-steps=4"));
        List<JsonNode> checks = run.events("check");
        assertThat(checks.get(0).get("overlap").asDouble())
                .as("the first check has nothing before it")
                .isZero();
        JsonNode last = checks.get(checks.size() - 1);
        assertThat(last.get("overlap").asDouble()).isGreaterThanOrEqualTo(0.3);
        assertThat(checks.subList(0, checks.size() - 1))
                .allMatch(check -> check.get("overlap").asDouble() < 0.3
                        || check.get("step").asInt() < 4);
        assertThat(run.events("boundary")).hasSize(1);
        assertThat(run.events("boundary").get(0).get("step")).isEqualTo(last.get("step"));
    }

    @Test
    void endsPreLaunchNoSoonerThanTheLeastAndNoLaterThanTheMost() throws IOException {
        TrainedRun least = train("least", automatic("dash.auto.overlap=0.01", "dash.auto.least-steps=7"));
        assertThat(least.events("boundary").get(0).get("step").asInt()).isEqualTo(8);
        TrainedRun most = train("most", automatic("dash.auto.overlap=1", "dash.auto.most-steps=5"));
        assertThat(most.events("boundary").get(0).get("step").asInt()).isEqualTo(5);
    }

    @Test
    void refusesToStartAPartOfTheWeightFromAnAdapter() throws IOException {
        Golden golden = Golden.named("llama-tiny");
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve("refused.conf"),
                golden.configuration(temporary.resolve("refused").toString()),
                "adapter.method=pissa");
        assertThat(ended.errors())
                .containsExactly(
                        ("lora-dash: adapter.start-from: %s/initial (must be absent for pissa, which starts from"
                                        + " the model's own singular triplets)")
                                .formatted(golden.directory()));
        assertThat(ended.status()).isEqualTo(2);
        ended = TrainCommandLine.train(temporary.resolve("refused.conf").toString(), "adapter.method=full");
        assertThat(ended.errors())
                .containsExactly(
                        "lora-dash: adapter.start-from: %s/initial (must be absent for full, which starts from the model in model.path)"
                                .formatted(golden.directory()));
        assertThat(temporary.resolve("refused")).doesNotExist();
    }

    private static String[] automatic(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "adapter.method=spectral",
                "dash.on=true",
                "dash.pre-launch-steps=auto",
                "dash.auto.check-every=2",
                "dash.auto.least-steps=1"));
        all.addAll(List.of(settings));
        return all.toArray(String[]::new);
    }

    /** On llama-tiny's twelve first records, again and again. */
    private static TrainedRun train(String name, String... settings) throws IOException {
        Golden golden = Golden.named("pissa");
        Path records = temporary.resolve("records.jsonl");
        List<String> lines = Files.readAllLines(golden.inputs().resolve("data.jsonl"));
        Files.write(records, lines.subList(0, RECORDS));
        String text = golden.configuration(temporary.resolve(name).toString())
                + """
                data.train = "%s"
                dash { pre-launch-steps = 6, cache = "%s" }
                training {
                  workers = 1, local-steps = 4, batch-size = 3, steps = 24, learning-rate = 0.01, warmup-steps = 0
                  schedule = constant
                }
                """
                        .formatted(records, temporary.resolve("decompositions"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(temporary.resolve(name + ".conf"), text, settings);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return new TrainedRun(temporary.resolve(name));
    }

    private static double mean(List<JsonNode> steps) {
        return steps.stream()
                .mapToDouble(step -> step.get("loss").asDouble())
                .average()
                .orElseThrow();
    }

    private static String directions(TensorFile file, String target) {
        return Arrays.stream(file.readLongs(target + ".directions"))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
    }
}
