package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Export;
import org.loradash.adapter.Method;
import org.loradash.config.SettingsReader;
import org.loradash.spark.training.TrainingJob;

/** What each method leaves behind is a LoRA adapter to stock PEFT, of twice the rank where it trains a part of W. */
class MethodExportTest {
    @TempDir
    Path directory;

    static Stream<Method> adapters() {
        return Method.ALL.stream().filter(method -> method.export() == Export.ADAPTER);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void hasTheSameLogitsInStockPeft(Method method) throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path model = Fixtures.path("golden/llama-tiny/model");
        Path adapter = trained(model, method.name(), List.of());
        assertThat(Fixtures.json(adapter.resolve("adapter_config.json"))
                        .get("r")
                        .asInt())
                .isEqualTo(method.changeRank(4) + 3);
        check(python, model, adapter);
    }

    /** Beside an output layer of its own, and one that is the embedding until it is trained. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "tied"})
    void hasTheSameLogitsWithModulesTrainedWhole(String fixture) throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path model = Fixtures.path("golden/" + fixture + "/model");
        check(python, model, trained(model, "lora-dash", List.of("task.train=[lm_head, norm, input_layernorm]")));
    }

    private void check(String python, Path model, Path adapter) throws IOException, InterruptedException {
        int[] tokens = new int[24];
        Arrays.setAll(tokens, i -> 3 + 37 * i % 200);
        StockPeft.writeLogits(model, adapter, tokens, directory.resolve("logits.safetensors"));
        StockPeft.check(python, model, adapter, directory.resolve("logits.safetensors"));
    }

    /** The adapter that a run leaves. */
    private Path trained(Path model, String method, List<String> overrides) throws IOException {
        Path run = directory.resolve("run");
        Path configuration = Files.writeString(
                directory.resolve("run.conf"),
                """
                run.output = "%s"
                model.path = "%s"
                data { train = "%s", format = tokens }
                adapter { method = %s, rank = 4, alpha = 6 }
                dash { on = true, directions = 3, pre-launch-steps = 4 }
                training { local-steps = 4, batch-size = 4, steps = 8, learning-rate = 0.02 }
                spark { master = "local[2]", ui.enabled = false }
                """
                        .formatted(run, model, model.resolveSibling("data.jsonl"), method));
        TrainingJob.run(new SettingsReader(new Configuration()).read(configuration.toString(), overrides));
        return run.resolve("adapter");
    }
}
