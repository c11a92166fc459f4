package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.io.TensorFile;

/** Training through the command gives what an independent implementation in double precision gives. */
class GoldenRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "base_model.model.";

    @TempDir
    private Path temporary;

    private Golden golden;
    private TrainedRun run;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-tiny",
                "tied",
                "lora",
                "gradients",
                "llama3-rope",
                "pissa",
                "milora",
                "rosa",
                "spectral",
                "choose-bottom",
                "full"
            })
    void equalsTheOracle(String name) throws IOException {
        golden = new Golden(name);
        run = new TrainedRun(temporary.resolve("run"));
        Path configuration = temporary.resolve("golden.conf");
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                configuration, golden.configuration(run.directory().toString()));

        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(run.directory().resolve("_SUCCESS")).exists();
        checkSteps();
        checkRounds();
        checkFinalChange();
        if (golden.hasBoundary()) {
            checkBoundary();
        } else {
            assertThat(run.directory().resolve("tsd/boundary.safetensors")).doesNotExist();
            assertThat(run.events("boundary")).isEmpty();
        }
        checkSettings(configuration);
        checkReport();
    }

    private void checkSteps() throws IOException {
        List<JsonNode> records = new ArrayList<>();
        for (String line : Files.readAllLines(golden.inputs().resolve("data.jsonl"))) {
            records.add(JSON.readTree(line));
        }
        int workers = golden.workers();
        int steps = golden.localSteps();
        int batch = golden.settings().get("batch").asInt();
        List<JsonNode> events = run.events("step");
        assertThat(events).hasSize(golden.steps() * workers);
        for (int i = 0; i < events.size(); i++) {
            JsonNode event = events.get(i);
            int round = i / (workers * steps);
            int worker = i / steps % workers;
            int local = i % steps;
            assertThat(event.get("round").asInt()).isEqualTo(round);
            assertThat(event.get("worker").asInt()).isEqualTo(worker);
            assertThat(event.get("step").asInt()).isEqualTo(round * steps + local);
            double loss = golden.expected()
                    .get("losses")
                    .get(round)
                    .get(worker)
                    .get(local)
                    .asDouble();
            assertThat(event.get("loss").asDouble()).as("%s", event).isCloseTo(loss, withinPercentage(1e-3));
            List<JsonNode> read = records.subList(i * batch, (i + 1) * batch);
            assertThat(event.get("tokens").asInt()).isEqualTo(tokens(read));
            assertThat(event.get("labelled_tokens").asInt()).isEqualTo(labelledTokens(read));
            assertThat(event.get("learning_rate").asDouble())
                    .isCloseTo(learningRate(round * steps + local), within(1e-12));
        }
    }

    private static int tokens(List<JsonNode> records) {
        return records.stream()
                .mapToInt(record -> record.get("input_ids").size())
                .sum();
    }

    /** The first token of a record is not predicted, whatever its label. */
    private static int labelledTokens(List<JsonNode> records) {
        return (int) records.stream()
                .flatMap(record -> StreamSupport.stream(record.get("labels").spliterator(), false)
                        .skip(1))
                .filter(label -> label.asInt() != -100)
                .count();
    }

    private double learningRate(int step) {
        double peak = golden.settings().get("lr").asDouble();
        double warmup = golden.settings().get("lr_warmup_steps").asInt();
        if (step < warmup) {
            return peak * step / warmup;
        }
        double left = (golden.steps() - step) / (golden.steps() - warmup);
        return switch (golden.settings().path("schedule").asText("linear")) {
            case "constant" -> peak;
            case "cosine" -> peak * (1 + Math.cos(Math.PI * (1 - left))) / 2;
            default -> peak * left;
        };
    }

    private void checkRounds() throws IOException {
        List<JsonNode> rounds = run.events("round");
        List<JsonNode> steps = run.events("step");
        assertThat(rounds).hasSize(golden.settings().get("rounds").asInt());
        for (JsonNode round : rounds) {
            List<JsonNode> its = steps.stream()
                    .filter(step -> step.get("round").equals(round.get("round")))
                    .toList();
            double labelled = its.stream()
                    .mapToInt(step -> step.get("labelled_tokens").asInt())
                    .sum();
            double loss = its.stream()
                            .mapToDouble(step -> step.get("loss").asDouble()
                                    * step.get("labelled_tokens").asInt())
                            .sum()
                    / labelled;
            assertThat(round.get("loss").asDouble()).isCloseTo(loss, withinPercentage(1e-6));
            assertThat(round.get("tokens").asInt())
                    .isEqualTo(its.stream()
                            .mapToInt(step -> step.get("tokens").asInt())
                            .sum());
            assertThat(round.get("seconds").asDouble()).isPositive();
            assertThat(round.get("tokens_per_second").asDouble()).isPositive();
            assertThat(round.get("averaging_seconds").asDouble())
                    .isBetween(0.0, round.get("seconds").asDouble());
        }
    }

    private void checkBoundary() throws IOException {
        JsonNode expected = Fixtures.json(golden.directory().resolve("boundary.json"));
        double epsilon = golden.settings().get("epsilon").asDouble();
        try (TensorFile ours = run.boundary()) {
            assertThat(ours.tensors()).hasSize(4 * expected.size());
            expected.fields().forEachRemaining(target -> {
                JsonNode oracle = target.getValue();
                float[] sigma = ours.readFloats(target.getKey() + ".sigma");
                float[] change = ours.readFloats(target.getKey() + ".delta_sigma");
                float[] rate = ours.readFloats(target.getKey() + ".change_rate");
                long[] directions = ours.readLongs(target.getKey() + ".directions");
                assertThat(directions).as(target.getKey()).containsExactly(longs(oracle.get("directions")));
                checkElements(change, doubles(oracle.get("delta_sigma")), 1e-2);
                checkElements(sigma, doubles(oracle.get("sigma")), 1e-4);
                checkElements(rate, doubles(oracle.get("change_rate")), 1e-2);
                for (int i = 0; i < rate.length; i++) {
                    assertThat((double) rate[i])
                            .isCloseTo(Math.abs(change[i]) / (sigma[i] + epsilon), withinPercentage(1e-3));
                }
            });
        }
        int boundary = golden.settings().get("warmup_rounds").asInt();
        assertThat(run.events("boundary")).hasSize(1);
        JsonNode event = run.events("boundary").get(0);
        assertThat(event.get("round").asInt()).isEqualTo(boundary - 1);
        assertThat(event.get("step").asInt()).isEqualTo(boundary * golden.localSteps());
        assertThat(event.get("targets").asInt()).isEqualTo(expected.size());
        assertThat(event.get("directions")).isEqualTo(golden.settings().get("directions"));
    }

    /** The whole within a relative norm, and so each element that is not tiny beside the largest. */
    private static void checkElements(float[] ours, double[] expected, double relative) {
        assertThat(ours).hasSize(expected.length);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(ours[i] - expected[i], 2);
            if (Math.abs(expected[i]) > 1e-3 * largest) {
                assertThat((double) ours[i])
                        .as("element %d", i)
                        .isCloseTo(expected[i], withinPercentage(100 * relative));
            }
        }
        double norm = Arrays.stream(expected).map(value -> value * value).sum();
        assertThat(Math.sqrt(difference / norm)).isLessThan(relative);
    }

    private void checkFinalChange() {
        if (golden.method().equals("full")) {
            checkFinalWeights();
        } else {
            checkFinalFactors();
        }
    }

    private void checkFinalWeights() {
        assertThat(run.directory().resolve("adapter")).doesNotExist();
        try (TensorFile ours = TrainedRun.open(run.directory().resolve("model/model.safetensors"));
                TensorFile base = TrainedRun.open(golden.inputs().resolve("model/model.safetensors"));
                TensorFile oracle = TrainedRun.open(golden.directory().resolve("final/change.safetensors"))) {
            assertThat(ours.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(base.tensors().keySet());
            for (String name : ours.tensors().keySet()) {
                String target = name.substring(0, name.length() - ".weight".length());
                float[] trained = ours.readFloats(name);
                float[] frozen = base.readFloats(name);
                if (!oracle.tensors().containsKey(target + ".change")) {
                    assertThat(trained).as(name).containsExactly(frozen);
                    continue;
                }
                float[] change = oracle.readFloats(target + ".change");
                double[] expected = IntStream.range(0, change.length)
                        .mapToDouble(i -> change[i])
                        .toArray();
                addCoordinates(oracle, target, expected);
                double difference = IntStream.range(0, expected.length)
                        .mapToDouble(i -> Math.pow((double) trained[i] - frozen[i] - expected[i], 2))
                        .sum();
                double norm =
                        Arrays.stream(expected).map(value -> value * value).sum();
                assertThat(Math.sqrt(difference / norm)).as(target).isLessThan(1e-3);
            }
        }
    }

    private void checkFinalFactors() {
        JsonNode config = Fixtures.json(run.directory().resolve("adapter/adapter_config.json"));
        JsonNode given = golden.settings();
        int directions = golden.hasBoundary() ? given.get("directions").asInt() : 0;
        int rank = given.get("rank").asInt() * (golden.isLora() ? 1 : 2);
        assertThat(config.get("r").asInt()).isEqualTo(rank + directions);
        assertThat(config.get("lora_alpha")).isEqualTo(config.get("r"));
        double scale = golden.isLora()
                ? given.get("alpha").asDouble() / given.get("rank").asDouble()
                : 1;
        try (TensorFile ours = run.adapter();
                TensorFile oracle = TrainedRun.open(golden.directory().resolve("final/adapter_model.safetensors"))) {
            List<String> targets = oracle.tensors().keySet().stream()
                    .filter(name -> name.endsWith(".lora_A.weight"))
                    .map(name -> name.substring(PREFIX.length(), name.length() - ".lora_A.weight".length()))
                    .toList();
            assertThat(targets).isNotEmpty();
            assertThat(ours.tensors()).hasSize(2 * targets.size());
            for (String target : targets) {
                double[] expected = change(oracle, target, scale);
                if (golden.hasBoundary()) {
                    addCoordinates(oracle, target, expected);
                }
                double[] found = change(ours, target, 1);
                double difference = IntStream.range(0, expected.length)
                        .mapToDouble(i -> Math.pow(found[i] - expected[i], 2))
                        .sum();
                double norm =
                        Arrays.stream(expected).map(value -> value * value).sum();
                assertThat(Math.sqrt(difference / norm)).as(target).isLessThan(1e-3);
            }
        }
    }

    /** scale B A, row by row. */
    private static double[] change(TensorFile adapter, String target, double scale) {
        String a = PREFIX + target + ".lora_A.weight";
        String b = PREFIX + target + ".lora_B.weight";
        int inputs = (int) adapter.tensor(a).shape()[1];
        int outputs = (int) adapter.tensor(b).shape()[0];
        double[] change = new double[outputs * inputs];
        addProduct(adapter.readFloats(b), adapter.readFloats(a), inputs, scale, change);
        return change;
    }

    /** U diag(d) V^T. */
    private static void addCoordinates(TensorFile oracle, String target, double[] change) {
        float[] u = oracle.readFloats(target + ".dash.u");
        float[] v = oracle.readFloats(target + ".dash.v");
        float[] coordinates = oracle.readFloats(target + ".dash.coordinates");
        int count = coordinates.length;
        int inputs = v.length / count;
        float[] scaled = new float[v.length];
        for (int k = 0; k < count; k++) {
            for (int j = 0; j < inputs; j++) {
                scaled[k * inputs + j] = coordinates[k] * v[j * count + k];
            }
        }
        addProduct(u, scaled, inputs, 1, change);
    }

    private static void addProduct(float[] left, float[] right, int columns, double scale, double[] sum) {
        int rank = right.length / columns;
        for (int i = 0; i < sum.length; i++) {
            int row = i / columns;
            for (int k = 0; k < rank; k++) {
                sum[i] += scale * left[row * rank + k] * right[k * columns + i % columns];
            }
        }
    }

    private void checkSettings(Path configuration) {
        SettingsReader reader = new SettingsReader(new Configuration());
        Settings given = reader.read(configuration.toString(), List.of());
        String resolved = run.directory().resolve("resolved.conf").toString();
        assertThat(reader.read(resolved, List.of())).isEqualTo(given);
        assertThat(SettingsReader.facts(resolved, "hashes", new Configuration()))
                .containsOnlyKeys(given.model().path(), given.data().train().get(0));
        assertThat(SettingsReader.facts(resolved, "versions", new Configuration()))
                .containsKeys("spark", "java");
    }

    private void checkReport() throws IOException {
        String report = Files.readString(run.directory().resolve("report.html"));
        assertThat(report)
                .contains("LoRA-Dash", golden.inputs().resolve("model").toString());
        if (golden.hasBoundary()) {
            Fixtures.json(golden.directory().resolve("boundary.json"))
                    .fieldNames()
                    .forEachRemaining(target -> assertThat(report).contains(target));
        }
    }

    private static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
