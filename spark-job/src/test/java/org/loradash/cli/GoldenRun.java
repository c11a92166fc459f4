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
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.io.TensorFile;

/** A run as a fixture's settings say, beside what the fixture says it must give. */
final class GoldenRun {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Golden golden;
    private final TrainedRun run;

    private GoldenRun(Golden golden, TrainedRun run) {
        this.golden = golden;
        this.run = run;
    }

    /**
     * Trains through the command and asserts that all is as the fixture says.
     *
     * @param temporary a folder for the run and its configuration
     */
    static void check(Golden golden, Path temporary) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("run"));
        Path configuration = temporary.resolve("golden.conf");
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                configuration, golden.configuration(run.directory().toString()));
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        new GoldenRun(golden, run).check(configuration);
    }

    private void check(Path configuration) throws IOException {
        assertThat(run.directory().resolve("_SUCCESS")).exists();
        checkSteps();
        checkRounds();
        new GoldenChange(golden, run).check();
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
        List<JsonNode> records = golden.isPipeline() ? List.of() : records();
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
            if (golden.isPipeline()) {
                JsonNode sides = golden.settings().get("latent");
                assertThat(event.get("places").asInt())
                        .isEqualTo(batch * sides.get(0).asInt() * sides.get(1).asInt());
                assertThat(event.get("examples").asInt()).isEqualTo(batch);
            } else {
                List<JsonNode> read = records.subList(i * batch, (i + 1) * batch);
                assertThat(event.get("tokens").asInt()).isEqualTo(tokens(read));
                assertThat(event.get(golden.weight()).asInt())
                        .isEqualTo(golden.isEncoder() ? batch : labelledTokens(read));
            }
            assertThat(event.get("learning_rate").asDouble())
                    .isCloseTo(learningRate(round * steps + local), within(1e-12));
        }
    }

    private List<JsonNode> records() throws IOException {
        List<JsonNode> records = new ArrayList<>();
        for (String line : Files.readAllLines(golden.inputs().resolve(golden.data()))) {
            records.add(JSON.readTree(line));
        }
        return records;
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
            double weight = its.stream()
                    .mapToInt(step -> step.get(golden.weight()).asInt())
                    .sum();
            double loss = its.stream()
                            .mapToDouble(step -> step.get("loss").asDouble()
                                    * step.get(golden.weight()).asInt())
                            .sum()
                    / weight;
            assertThat(round.get("loss").asDouble()).isCloseTo(loss, withinPercentage(1e-6));
            assertThat(round.get(golden.size()).asInt())
                    .isEqualTo(its.stream()
                            .mapToInt(step -> step.get(golden.size()).asInt())
                            .sum());
            assertThat(round.get("seconds").asDouble()).isPositive();
            assertThat(round.get(golden.size() + "_per_second").asDouble()).isPositive();
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
