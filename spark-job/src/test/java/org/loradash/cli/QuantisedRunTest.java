package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Weight;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.io.HalfPrecision;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;

/** Runs whose frozen weights are quantised. */
class QuantisedRunTest {
    private static final String[] LORA = {"adapter.method=lora", "dash.on=false"};

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({"tied, nf4", "tied, int8", "deberta-unshared, nf4", "deberta-unshared, int8"})
    void haveTheLossesOfAModelWhoseWeightsAreWhatTheCodesStandFor(String fixture, String storage) throws IOException {
        Golden golden = Golden.named(fixture);
        Path files = temporary.resolve("dequantised");
        dequantise(golden.inputs(), files, Storage.named(storage).orElseThrow());
        List<JsonNode> steps =
                train(golden, golden.inputs(), "quantised", storage, LORA).events("step");
        List<JsonNode> expected =
                train(golden, files, "expected", "float32", LORA).events("step");
        List<JsonNode> plain =
                train(golden, golden.inputs(), "plain", "float32", LORA).events("step");
        for (int i = 0; i < expected.size(); i++) {
            assertThat(loss(steps.get(i))).as("step %d", i).isCloseTo(loss(expected.get(i)), withinPercentage(1e-3));
        }
        assertThat(loss(steps.get(0))).isNotCloseTo(loss(plain.get(0)), withinPercentage(1e-3));
    }

    @Test
    void decomposeTheWeightsOfTheFilesForAllStoragesTogether() throws IOException {
        Golden golden = Golden.named("tied");
        String cache = "dash.cache=" + temporary.resolve("cache");
        TrainedRun quantised = train(golden, golden.inputs(), "quantised", "nf4", cache);
        TrainedRun plain = train(golden, golden.inputs(), "plain", "float32", cache);
        try (TensorFile ours = quantised.boundary();
                TensorFile theirs = plain.boundary()) {
            ours.tensors().keySet().stream()
                    .filter(name -> name.endsWith(".sigma"))
                    .forEach(name ->
                            assertThat(ours.readFloats(name)).as(name).containsExactly(theirs.readFloats(name)));
        }
        JsonNode expected = Fixtures.json(golden.directory().resolve("boundary.json"));
        try (TensorFile ours = quantised.boundary()) {
            String target = expected.fieldNames().next();
            assertThat(ours.readFloats(target + ".sigma")[0])
                    .isCloseTo((float) expected.get(target).get("sigma").get(0).asDouble(), withinPercentage(1e-3));
        }
    }

    @Test
    void beginAtTheQuantisedModelWhateverTheMethodStartsFrom() throws IOException {
        Golden golden = Golden.named("tied");
        double expected = loss(train(golden, golden.inputs(), "lora", "nf4", LORA)
                .events("step")
                .get(0));
        for (String method : List.of("pissa", "milora", "spectral")) {
            TrainedRun run = train(
                    golden,
                    golden.inputs(),
                    method,
                    "nf4",
                    "adapter.method=" + method,
                    "dash.on=false",
                    "training.steps=3");
            assertThat(loss(run.events("step").get(0))).as(method).isCloseTo(expected, withinPercentage(1e-4));
        }
    }

    private static double loss(JsonNode step) {
        return step.get("loss").asDouble();
    }

    private TrainedRun train(Golden golden, Path files, String name, String storage, String... settings)
            throws IOException {
        Path directory = temporary.resolve(name);
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("model.storage=" + storage);
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve(name + ".conf"),
                golden.configuration(directory.toString(), files.toString()),
                all.toArray(String[]::new));
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return new TrainedRun(directory);
    }

    /** A fixture's model and data, with the values that quantised weights have in float32. */
    private static void dequantise(Path inputs, Path to, Storage storage) throws IOException {
        Path model = Files.createDirectories(to.resolve("model"));
        Files.copy(inputs.resolve("data.jsonl"), to.resolve("data.jsonl"));
        Files.copy(inputs.resolve("model/config.json"), model.resolve("config.json"));
        try (ModelDirectory files = ModelDirectory.open(
                        new Configuration(), inputs.resolve("model").toString());
                OutputStream out = Files.newOutputStream(model.resolve("model.safetensors"))) {
            Set<String> quantised =
                    files.targets().stream().map(Target::weightName).collect(Collectors.toSet());
            List<NamedTensor> tensors = new ArrayList<>();
            for (String name : files.weights().names()) {
                long[] shape = files.weights().tensor(name).shape();
                float[] values = files.weights().readFloats(name);
                if (quantised.contains(name)) {
                    Weight weight = Weight.allocate((int) shape[0], (int) shape[1], storage);
                    weight.write(0, values, values.length);
                    weight.read(0, values, values.length);
                } else if (name.contains("embed") && shape.length == 2) {
                    roundToBfloat16(values);
                }
                tensors.add(NamedTensor.of(name, values, shape));
            }
            SafetensorsWriter.write(out, Map.of(), tensors);
        }
    }

    private static void roundToBfloat16(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(values[i]));
        }
    }
}
