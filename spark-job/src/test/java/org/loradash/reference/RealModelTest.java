package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.SettingsReader;
import org.loradash.spark.training.TrainingJob;

/** Training of SmolLM2-135M on ARC-Easy. */
class RealModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What transformers computes in float32 for the first sixteen records, prompts labelled. */
    private static final double FIRST_LOSS = 2.8947;

    @TempDir
    Path directory;

    private Path model;
    private Path records;

    @BeforeEach
    void find() throws IOException {
        model = given("LORADASH_SMOLLM2");
        ArrayNode all = (ArrayNode) JSON.readTree(given("LORADASH_ARC_EASY").toFile());
        ArrayNode first = JSON.createArrayNode();
        for (int i = 0; i < 16; i++) {
            first.add(all.get(i));
        }
        records = directory.resolve("records.json");
        JSON.writeValue(records.toFile(), first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora-dash", "pissa", "spectral"})
    void startsAtTheLossOfTransformers(String method) throws IOException {
        assertThat(losses("first", "training.steps=1", "adapter.method=" + method)
                        .get(0))
                .isCloseTo(FIRST_LOSS, within(2e-3));
    }

    @Test
    void trainsWithBfloat16WeightsAsWithFloat32() throws IOException {
        List<Double> single = losses("float32", "training.steps=20", "dash.pre-launch-steps=10");
        List<Double> half =
                losses("bfloat16", "training.steps=20", "dash.pre-launch-steps=10", "model.storage=bfloat16");
        for (int i = 0; i < single.size(); i++) {
            assertThat(half.get(i)).as("loss of step %d", i).isCloseTo(single.get(i), within(0.01 * single.get(i)));
        }
    }

    @Test
    void hasTheSameLossesWhetherRecordsShareTheirPrefixesOrNot() throws IOException {
        List<Double> shared = losses("shared", "training.steps=10", "dash.pre-launch-steps=4");
        List<Double> apart =
                losses("apart", "training.steps=10", "dash.pre-launch-steps=4", "data.share-prefixes=false");
        for (int i = 0; i < shared.size(); i++) {
            assertThat(shared.get(i)).as("loss of step %d", i).isCloseTo(apart.get(i), within(1e-4 * apart.get(i)));
        }
    }

    @Test
    void exportsAnAdapterWhoseLogitsInStockPeftAreOurs() throws IOException, InterruptedException {
        String python = given("LORADASH_PYTHON").toString();
        losses("adapter", "training.steps=6", "dash.pre-launch-steps=3");
        Path adapter = directory.resolve("adapter/adapter");
        int[] tokens = new int[48];
        Arrays.setAll(tokens, i -> 100 + 37 * i);
        StockPeft.writeLogits(model, adapter, tokens, directory.resolve("logits.safetensors"));
        StockPeft.check(python, model, adapter, directory.resolve("logits.safetensors"));
    }

    private List<Double> losses(String name, String... settings) throws IOException {
        Path configuration = directory.resolve(name + ".conf");
        Files.writeString(
                configuration,
                """
                run.output = "%s"
                model.path = "%s"
                data { train = "%s", shuffle = false }
                adapter { rank = 32, alpha = 64 }
                training { workers = 1, local-steps = 2, batch-size = 16, learning-rate = 2e-4, schedule = constant }
                dash.cache = "%s"
                """
                        .formatted(directory.resolve(name), model, records, directory.resolve("decompositions")));
        List<String> overrides = new ArrayList<>(List.of(settings));
        overrides.add("spark.master=local[2]");
        overrides.add("spark.ui.enabled=false");
        TrainingJob.run(new SettingsReader(new Configuration()).read(configuration.toString(), overrides));
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(name).resolve("metrics.jsonl"))) {
            JsonNode event = JSON.readTree(line);
            if (event.get("event").asText().equals("step")) {
                losses.add(event.get("loss").asDouble());
            }
        }
        return losses;
    }

    static Path given(String variable) {
        String value = System.getenv(variable);
        assumeTrue(value != null, "skipped: %s is not set (see package-info)".formatted(variable));
        return Path.of(value);
    }
}
