package org.loradash.benchmark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.kernel.Observation;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;

class EngineTest {
    private static final String TINY_LLAMA = "../src-test-data/tiny-llama/model";

    @TempDir
    Path directory;

    @Test
    void trainsAlikeWhetherItIsObservedAndItsProductsComputedAgainOrNot() {
        Decoder model = new RandomLlama(16, 2, 2, 24, 50).make(Storage.FLOAT32);
        Recipe recipe = new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.KEPT);
        List<TokenBatch> batches = Records.random(4, 6, 9, 50);
        Observation observation = new Observation(4);
        try (Engine engine = Engine.of(model, recipe);
                Engine observed = Engine.observed(model, recipe, observation)) {
            List<Double> losses = Steps.run(engine, batches, 2).losses();
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
        try (Engine keeping = Engine.of(model, new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.KEPT));
                Engine recomputing = Engine.of(model, new Recipe(4, 8, 6, 32, 1e-2, 2, BlockValues.RECOMPUTED))) {
            List<Double> losses = Steps.run(keeping, batches, 2).losses();
            List<Double> recomputed = Steps.run(recomputing, batches, 2).losses();
            for (int i = 0; i < losses.size(); i++) {
                assertThat(recomputed.get(i)).as("loss of step %d", i).isCloseTo(losses.get(i), within(1e-5));
            }
        }
    }

    @Test
    void stepsThatWarmUpCountForTheirLossesAlone() {
        List<TokenBatch> batches = Records.random(4, 2, 5, 50);
        List<Engine.Step> steps = List.of(
                new Engine.Step(4, 9, 0), new Engine.Step(3, 9, 0), new Engine.Step(2, 1, 0), new Engine.Step(1, 3, 0));
        Steps taken = Steps.of(steps, batches, 2, 1);
        assertThat(taken.losses()).containsExactly(4.0, 3.0, 2.0, 1.0);
        assertThat(taken.tokens()).isEqualTo(4 * 2 * 5);
        assertThat(taken.medianStepSeconds()).isEqualTo(2);
        assertThat(taken.bestStepSeconds()).isEqualTo(1);
        assertThat(taken.tokensPerSecond()).isEqualTo(2 * 2 * 5 / 4.0);
    }

    @Test
    void readsWhatItWroteForOthers() throws IOException {
        Path file = directory.resolve("equal.jsonl");
        Records.writeRandom(file, 6, 5, 100);
        List<TokenBatch> batches =
                Records.batches(TINY_LLAMA, file, 2, new Recipe(1, 1, 3, 256, 1e-3, 1, BlockValues.KEPT));
        assertThat(batches).hasSize(2).allMatch(batch -> batch.tokenCount() == 15);
        assertThat(batches.get(0)).isNotEqualTo(batches.get(1));
    }

    @Test
    void refusesFewerRecordsThanItNeeds() throws IOException {
        Path file = Files.writeString(
                directory.resolve("one.json"), "[{\"instruction\":\"a\",\"input\":\"\",\"output\":\"b\"}]");
        assertThatThrownBy(
                        () -> Records.batches(TINY_LLAMA, file, 2, new Recipe(1, 1, 3, 256, 1e-3, 1, BlockValues.KEPT)))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + ": 1 records (must have 6: 2 steps of 3)");
    }

    @Test
    void refusesAFileOfSomethingElse() throws IOException {
        Path file = Files.writeString(directory.resolve("other.json"), "[{\"text\":\"a\"}]");
        assertThatThrownBy(
                        () -> Records.batches(TINY_LLAMA, file, 1, new Recipe(1, 1, 1, 256, 1e-3, 1, BlockValues.KEPT)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("must be records of instruction, input and output, or of input_ids");
    }

    @Test
    void refusesARankThatNoWeightHas() {
        Decoder model = new RandomLlama(16, 1, 2, 24, 50).make(Storage.FLOAT32);
        assertThatThrownBy(() -> Engine.of(model, new Recipe(17, 1, 1, 256, 1e-3, 1, BlockValues.KEPT)))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--rank: 17 (must be at most 16, the smaller side of model.layers.0.self_attn.q_proj)");
    }
}
