package org.loradash.benchmark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.kernel.Observation;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.classification.TextBatch;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;

class EngineTest {
    private static final String TINY_LLAMA = "../src-test-data/tiny-llama/model";
    private static final String BERT = "../src-test-data/golden/bert/model";
    private static final String CLASSES = "task.kind=classification task.labels=2";

    @TempDir
    Path directory;

    @Test
    void trainsAlikeWhetherItIsObservedAndItsProductsComputedAgainOrNot() {
        Decoder model = new RandomLlama(16, 2, 2, 24, 50).make(Storage.FLOAT32);
        Recipe recipe = new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.KEPT, Arithmetic.FLOAT32);
        List<TokenBatch> batches = Records.random(4, 6, 9, 50);
        Observation observation = new Observation(4);
        Workload<TokenBatch> workload = recipe.workload(model, batches);
        try (Engine<TokenBatch> observed = new Engine<>(workload, recipe, observation)) {
            List<Double> losses = Steps.run(workload, recipe).losses();
            List<Double> observedLosses = batches.stream()
                    .map(batch -> {
                        observation.beginRecording();
                        double loss = observed.step(batch).loss();
                        observation.endRecording();
                        observation.productsAlone();
                        return loss;
                    })
                    .toList();
            assertThat(observedLosses).as("the same bits").isEqualTo(losses);
            assertThat(losses.get(3)).as("the last loss").isNotEqualTo(losses.get(0));
        }
        for (String kind : List.of("MatrixProduct", Observation.LOW_RANK_PRODUCT)) {
            assertThat(observation.alone().calls(kind))
                    .as("%s computed again", kind)
                    .isPositive()
                    .isEqualTo(observation.total().calls(kind));
        }
    }

    @Test
    void trainsAlikeWhetherValuesInsideBlocksAreKeptOrMadeAgain() {
        Decoder model = new RandomLlama(16, 2, 2, 24, 50).make(Storage.BFLOAT16);
        List<TokenBatch> batches = Records.random(3, 6, 9, 50);
        Recipe keeping = new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.KEPT, Arithmetic.FLOAT32);
        Recipe recomputing = new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.RECOMPUTED, Arithmetic.FLOAT32);
        List<Double> losses =
                Steps.run(keeping.workload(model, batches), keeping).losses();
        List<Double> recomputed =
                Steps.run(recomputing.workload(model, batches), recomputing).losses();
        for (int i = 0; i < losses.size(); i++) {
            assertThat(recomputed.get(i)).as("loss of step %d", i).isCloseTo(losses.get(i), within(1e-5));
        }
    }

    @Test
    void stepsThatWarmUpCountForTheirLossesAlone() {
        List<TokenBatch> batches = Records.random(4, 2, 5, 50);
        List<Engine.Step> steps = List.of(
                new Engine.Step(4, 9, 0), new Engine.Step(3, 9, 0), new Engine.Step(2, 1, 0), new Engine.Step(1, 3, 0));
        Decoder model = new RandomLlama(16, 1, 2, 24, 50).make(Storage.FLOAT32);
        Recipe recipe = new Recipe(1, 1, 2, 256, 1e-3, 1, BlockValues.KEPT, Arithmetic.FLOAT32);
        Steps taken = Steps.of(steps, recipe.workload(model, batches), 2, 1);
        assertThat(taken.losses()).containsExactly(4.0, 3.0, 2.0, 1.0);
        assertThat(taken.tokens()).isEqualTo(4 * 2 * 5);
        assertThat(taken.medianStepSeconds()).isEqualTo(2);
        assertThat(taken.bestStepSeconds()).isEqualTo(1);
        assertThat(taken.tokensPerSecond()).isEqualTo(2 * 2 * 5 / 4.0);
        assertThat(taken.examplesPerSecond()).isEqualTo(2 * 2 / 4.0);
    }

    @Test
    void readsWhatItWroteForOthers() throws IOException {
        Path file = directory.resolve("equal.jsonl");
        Records.writeRandom(file, 6, 5, 100, false);
        Workload<?> workload = Workload.of(settings(TINY_LLAMA, file, "task.kind=language"), 2);
        assertThat(sizes(workload)).containsExactly(15L, 15L);
        assertThat(workload.batches().get(0)).isNotEqualTo(workload.batches().get(1));
    }

    @Test
    void writesTheTextsThatItHasReadForOthers() throws IOException {
        Path records = Path.of("../src-test-data/golden/bert/data.jsonl");
        Path file = directory.resolve("records.jsonl");
        List<?> batches = Workload.batches(settings(BERT, records, CLASSES), 2);
        Records.write(file, batches.stream().map(TextBatch.class::cast).toList());
        assertThat(Workload.batches(settings(BERT, file, CLASSES), 2))
                .usingRecursiveComparison()
                .isEqualTo(batches);
    }

    @Test
    void trainsAnEncoderWithItsHead() throws IOException {
        Path file = directory.resolve("equal.jsonl");
        Records.writeRandom(file, 9, 7, 90, true);
        Workload<?> workload = Workload.of(settings(BERT, file, CLASSES), 3);
        assertThat(workload.adapter().wholeParameters()).isPositive();
        Steps taken = Steps.run(workload, new Recipe(4, 8, 3, 256, 1e-2, 1, BlockValues.KEPT, Arithmetic.FLOAT32));
        assertThat(taken.tokens()).isEqualTo(9 * 7);
        assertThat(taken.losses()).hasSize(3).doesNotContain(Double.NaN);
    }

    @Test
    void refusesFewerRecordsThanItNeeds() throws IOException {
        Path file = directory.resolve("few.jsonl");
        Records.writeRandom(file, 1, 5, 100, false);
        Settings settings = settings(TINY_LLAMA, file, "task.kind=language");
        assertThatThrownBy(() -> Workload.of(settings, 2))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + ": 1 records (must have 6: 2 steps of 3)");
    }

    /** Three records a step. */
    private Settings settings(String model, Path records, String task) throws IOException {
        Path file = Files.writeString(
                directory.resolve("run.conf"),
                """
                run.output = "%s"
                model.path = "%s"
                data { train = "%s", format = tokens }
                adapter { method = lora, rank = 4, targets = all-linear }
                training { batch-size = 3, steps = 1 }
                """
                        .formatted(
                                directory.resolve("run"),
                                Path.of(model).toAbsolutePath(),
                                records.toAbsolutePath().normalize()));
        return new SettingsReader(new Configuration()).read(file.toString(), List.of(task.split(" ")));
    }

    private static <B> List<Long> sizes(Workload<B> workload) {
        return workload.batches().stream().map(workload.task()::size).toList();
    }

    @Test
    void refusesARankThatNoWeightHas() {
        Decoder model = new RandomLlama(16, 1, 2, 24, 50).make(Storage.FLOAT32);
        assertThatThrownBy(() -> new Recipe(17, 1, 1, 256, 1e-3, 1, BlockValues.KEPT, Arithmetic.FLOAT32)
                        .workload(model, List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--rank: 17 (must be at most 16, the smaller side of model.layers.0.self_attn.q_proj)");
    }
}
