package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.PeftStart;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.task.Task;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.io.TensorFile;

/** The first step's loss and gradients are the float64 oracle's. */
class FirstGradientsTest {

    @ParameterizedTest(name = "{0} on {1} threads, slices of {2} tokens, packing {3}")
    @CsvSource({
        "llama-tiny, 1, 512, true",
        "llama-tiny, 2, 16, true",
        "llama-tiny, 2, 512, false",
        "tied, 1, 512, true",
        "llama3-rope, 1, 512, true",
        "llama-bias, 1, 512, true",
        "mistral, 2, 512, true",
        "qwen2, 1, 16, true",
        "qwen3, 2, 16, true",
        "gemma2, 1, 512, true",
        "gemma3, 2, 512, true",
        "phi3, 1, 16, true",
        "phi3-longrope, 2, 16, true",
        "granite, 1, 512, true",
        "olmo2, 2, 512, true",
        "smollm3, 1, 16, true",
        "yarn, 2, 16, true",
        "dynamic, 1, 512, true"
    })
    void equalTheOracles(String fixture, int threads, int sliceTokens, boolean packing) throws IOException {
        Path directory = Fixtures.path("golden/" + fixture);
        JsonNode expected = Fixtures.json(directory.resolve("expected.json"));
        JsonNode settings = expected.get("settings");
        ModelDirectory files = ModelDirectory.open(
                new Configuration(), directory.resolve("model").toUri().toString());
        Backbone model = files.load(Storage.FLOAT32);
        List<String> kinds = List.of(settings.get("targets").asText().split(","));
        List<Target> targets = files.targets().stream()
                .filter(target -> kinds.contains(target.kind()))
                .toList();
        int rank = settings.get("rank").asInt();
        Adapter adapter = new Adapter("lora", rank, settings.get("alpha").asDouble() / rank, targets, Map.of());
        float[] start = PeftStart.read(
                        Fixtures.localFiles(), Fixtures.hadoopPath("golden/" + fixture + "/initial"), adapter, 0)
                .factors();
        TokenBatch batch = Fixtures.batch(
                directory.resolve("data.jsonl"), 0, settings.get("batch").asInt());

        Tensor parameters = Tensor.of(1, start.length, start);
        Tensor gradient = Tensor.zeros(1, start.length);
        double loss;
        try (TaskObjective<TokenBatch> objective = new TaskObjective<>(
                Fixtures.nextTokens(64),
                model,
                adapter,
                new TaskObjective.Options(0, threads, new Task.Slicing(sliceTokens, packing), BlockValues.KEPT),
                KernelProvider.best())) {
            loss = objective.lossAndGradient(batch, parameters, gradient, 1);
        }

        double oracle = expected.get("losses").get(0).get(0).get(0).asDouble();
        assertThat(loss).isCloseTo(oracle, within(1e-5 * oracle));
        try (TensorFile gradients = TensorFile.open(
                Fixtures.localFiles(), Fixtures.hadoopPath("golden/" + fixture + "/first_grads.safetensors"))) {
            float[] ours = gradient.toArray();
            for (int i = 0; i < targets.size(); i++) {
                Target target = targets.get(i);
                int from = adapter.factorRanges().get(i).from();
                int ofA = rank * target.inputs();
                assertNear(target.name() + ".A", ours, from, gradients.readFloats(target.name() + ".A"));
                assertNear(target.name() + ".B", ours, from + ofA, gradients.readFloats(target.name() + ".B"));
            }
        }
    }

    private static void assertNear(String name, float[] ours, int from, float[] oracles) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < oracles.length; i++) {
            difference += Math.pow(ours[from + i] - oracles[i], 2);
            norm += Math.pow(oracles[i], 2);
        }
        assertThat(Math.sqrt(difference))
                .as("distance from the oracle's gradient of %s, of norm %g", name, Math.sqrt(norm))
                .isLessThanOrEqualTo(1e-4 * Math.sqrt(norm) + 1e-9);
    }
}
