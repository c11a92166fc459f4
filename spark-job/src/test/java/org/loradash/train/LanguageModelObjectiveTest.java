package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.normal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.train.LanguageModelObjective.Options;

class LanguageModelObjectiveTest {
    private static final String FIXTURE = "golden/gradients";
    private static final Model MODEL = load(Storage.FLOAT32);
    private static final Batch BATCH = records(0, 5);
    private static final Batch SHORT = records(0, 2);

    private record Outcome(double loss, float[] gradient) {}

    @ParameterizedTest
    @CsvSource({"0, true", "0.2, true", "0.2, false"})
    void hasTheSameBitsOnAnyNumberOfThreads(double dropout, boolean packing) {
        Adapter adapter = dash(MODEL);
        Outcome one = outcome(MODEL, adapter, new Options(dropout, 1, 16, packing, BlockValues.KEPT), 5);
        for (int threads = 2; threads <= 3; threads++) {
            Outcome several = outcome(MODEL, adapter, new Options(dropout, threads, 16, packing, BlockValues.KEPT), 5);
            assertThat(several.loss()).isEqualTo(one.loss());
            assertThat(several.gradient()).containsExactly(one.gradient());
        }
    }

    @Test
    void packedOrNotIsTheSameWithinRounding() {
        Adapter adapter = dash(MODEL);
        Outcome packed = outcome(MODEL, adapter, new Options(0, 1, 512, true, BlockValues.KEPT), 5);
        Outcome separate = outcome(MODEL, adapter, new Options(0, 1, 512, false, BlockValues.KEPT), 5);
        assertThat(separate.loss()).isCloseTo(packed.loss(), within(1e-5));
        assertThat(distance(separate.gradient(), packed.gradient())).isLessThan(1e-4);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void itsGradientIsTheDerivativeOfItsLoss(double dropout) {
        Adapter adapter = dash(MODEL);
        Tensor parameters = parameters(adapter);
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        Tensor unused = Tensor.zeros(1, adapter.parameters());
        try (LanguageModelObjective objective =
                objective(MODEL, adapter, new Options(dropout, 2, 8, true, BlockValues.KEPT))) {
            assertThat(objective.parameters()).isEqualTo(adapter.parameters());
            objective.lossAndGradient(SHORT, parameters, gradient, 5);
            float[] values = parameters.toArray();
            for (int direction = 0; direction < 4; direction++) {
                float[] way = normal(100 + direction, 1, values.length, 1).toArray();
                double above = at(objective, values, way, 1e-3, unused);
                double below = at(objective, values, way, -1e-3, unused);
                double expected = 0;
                float[] slopes = gradient.toArray();
                for (int i = 0; i < way.length; i++) {
                    expected += (double) slopes[i] * way[i];
                }
                assertThat((above - below) / 2e-3)
                        .as("slope %d", direction)
                        .isCloseTo(expected, within(0.01 * Math.abs(expected) + 1e-3));
            }
        }
    }

    /** What is measured on held-out records is what a step on them would begin with, to the last bit. */
    @ParameterizedTest
    @CsvSource({"KEPT, true", "RECOMPUTED, true", "KEPT, false"})
    void itsLossWithoutAGradientIsAStepsWithoutDropout(BlockValues values, boolean packing) {
        Adapter adapter = dash(MODEL);
        Tensor parameters = parameters(adapter);
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        double step = outcome(MODEL, adapter, new Options(0, 1, 16, packing, values), 5)
                .loss();
        try (LanguageModelObjective objective = objective(MODEL, adapter, new Options(0.3, 2, 16, packing, values))) {
            assertThat(objective.lossAndGradient(BATCH, parameters, gradient, 5))
                    .isNotEqualTo(step);
            assertThat(objective.loss(BATCH, parameters) / BATCH.labelledTokens())
                    .isEqualTo(step);
        }
    }

    @Test
    void dropoutIsAFunctionOfItsSeed() {
        Adapter adapter = lora(MODEL);
        Options options = new Options(0.3, 2, 16, true, BlockValues.KEPT);
        Outcome first = outcome(MODEL, adapter, options, 5);
        assertThat(outcome(MODEL, adapter, options, 5).gradient()).containsExactly(first.gradient());
        assertThat(outcome(MODEL, adapter, options, 6).loss()).isNotEqualTo(first.loss());
    }

    /** A change is linear in its dropped input, so the mean over masks is the loss without dropout, to first order. */
    @Test
    void dropoutKeepsTheExpectation() {
        Adapter adapter = lora(MODEL);
        float[] start = adapter.start(1);
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        double frozen = loss(adapter, Tensor.of(1, start.length, start), gradient);
        float[] slopes = gradient.toArray();
        float[] lower = start.clone();
        for (int i = 0; i < lower.length; i++) {
            lower[i] -= 0.2f * slopes[i];
        }
        Tensor parameters = Tensor.of(1, lower.length, lower);
        double expected = loss(adapter, parameters, gradient) - frozen;
        double mean = 0;
        int seeds = 40;
        try (LanguageModelObjective objective =
                objective(MODEL, adapter, new Options(0.5, 1, 512, true, BlockValues.KEPT))) {
            for (int seed = 0; seed < seeds; seed++) {
                mean += (objective.lossAndGradient(SHORT, parameters, gradient, seed) - frozen) / seeds;
            }
        }
        assertThat(expected).isNegative();
        assertThat(mean).isCloseTo(expected, within(0.1 * Math.abs(expected)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"BFLOAT16", "FLOAT16"})
    void halfPrecisionWeightsGiveNearlyTheSameLoss(Storage storage) {
        Adapter adapter = dash(MODEL);
        Options options = new Options(0, 1, 64, true, BlockValues.KEPT);
        Outcome float32 = outcome(MODEL, adapter, options, 1);
        Outcome half = outcome(load(storage), adapter, options, 1);
        assertThat(half.loss()).isCloseTo(float32.loss(), within(0.01 * float32.loss()));
        assertThat(distance(half.gradient(), float32.gradient())).isLessThan(0.05);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFailingSliceIsThrownAndTheNextStepIsAsIfItHadNotBeen(int threads) {
        Adapter adapter = dash(MODEL);
        Options options = new Options(0.2, threads, 16, true, BlockValues.KEPT);
        Outcome expected = outcome(MODEL, adapter, options, 5);
        Batch poisoned = records(0, 5);
        poisoned.tokens()[3] = FailingModel.POISON;
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        try (LanguageModelObjective objective = objective(new FailingModel(MODEL), adapter, options)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> objective.lossAndGradient(poisoned, parameters(adapter), gradient, 5))
                        .isInstanceOf(ArithmeticException.class)
                        .hasMessage("poisoned");
            }
            assertThat(objective.lossAndGradient(BATCH, parameters(adapter), gradient, 5))
                    .isEqualTo(expected.loss());
        }
        assertThat(gradient.toArray()).containsExactly(expected.gradient());
    }

    @Test
    void logitsAreWithoutDropoutAndWithTheChange() {
        Adapter adapter = lora(MODEL);
        Tensor zero = Tensor.zeros(1, adapter.parameters());
        try (LanguageModelObjective plain = objective(MODEL, adapter, new Options(0, 1, 16, true, BlockValues.KEPT));
                LanguageModelObjective dropping =
                        objective(MODEL, adapter, new Options(0.5, 2, 16, true, BlockValues.KEPT))) {
            float[] adapted = plain.logits(BATCH, parameters(adapter));
            assertThat(adapted).hasSize(BATCH.tokenCount() * 150);
            assertThat(dropping.logits(BATCH, parameters(adapter))).containsExactly(adapted);
            assertThat(plain.logits(BATCH, zero)).isNotEqualTo(adapted);
        }
    }

    private static double at(
            LanguageModelObjective objective, float[] values, float[] way, double step, Tensor gradient) {
        float[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * way[i]);
        }
        return objective.lossAndGradient(SHORT, Tensor.of(1, moved.length, moved), gradient, 5);
    }

    private static double loss(Adapter adapter, Tensor parameters, Tensor gradient) {
        try (LanguageModelObjective objective =
                objective(MODEL, adapter, new Options(0, 1, 512, true, BlockValues.KEPT))) {
            return objective.lossAndGradient(SHORT, parameters, gradient, 0);
        }
    }

    private static Batch records(int from, int to) {
        return Fixtures.batch(Fixtures.path(FIXTURE).resolve("data.jsonl"), from, to);
    }

    private static Outcome outcome(Model model, Adapter adapter, Options options, long seed) {
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        gradient.fill(Float.NaN);
        try (LanguageModelObjective objective = objective(model, adapter, options)) {
            double loss = objective.lossAndGradient(BATCH, parameters(adapter), gradient, seed);
            return new Outcome(loss, gradient.toArray());
        }
    }

    private static LanguageModelObjective objective(Model model, Adapter adapter, Options options) {
        return new LanguageModelObjective(model, adapter, options, KernelProvider.best());
    }

    private static Model load(Storage storage) {
        return ModelDirectory.open(
                        new Configuration(),
                        Fixtures.path(FIXTURE + "/model").toUri().toString())
                .load(storage);
    }

    private static Adapter lora(Model model) {
        List<String> kinds = List.of("q_proj", "v_proj", "up_proj", "down_proj");
        List<Target> targets = model.targets().stream()
                .filter(target -> kinds.contains(target.kind()))
                .toList();
        return new Adapter("lora", 4, 2, targets, Map.of());
    }

    private static Adapter dash(Model model) {
        Adapter lora = lora(model);
        Map<String, Directions> directions = new LinkedHashMap<>();
        for (Target target : lora.targets()) {
            directions.put(
                    target.name(),
                    new Directions(
                            new int[] {0, 1},
                            normal(1, target.outputs(), 2, 0.2).toArray(),
                            normal(2, 2, target.inputs(), 0.2).toArray()));
        }
        return lora.withDirections(directions);
    }

    private static Tensor parameters(Adapter adapter) {
        return normal(3, 1, adapter.parameters(), 0.1);
    }

    private static double distance(float[] x, float[] y) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < x.length; i++) {
            difference += Math.pow(x[i] - y[i], 2);
            norm += Math.pow(y[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    /** Fails on a batch with a certain token, half way through. */
    private record FailingModel(Model model) implements Model {
        static final int POISON = 149;

        @Override
        public long bytes() {
            return model.bytes();
        }

        @Override
        public List<Target> targets() {
            return model.targets();
        }

        @Override
        public double loss(Tape tape, Batch batch, Changes changes, float scale) {
            double loss = model.loss(tape, batch, changes, scale);
            for (int token : batch.tokens()) {
                if (token == POISON) {
                    throw new ArithmeticException("poisoned");
                }
            }
            return loss;
        }

        @Override
        public Tensor logits(Tape tape, Batch batch, Changes changes) {
            return model.logits(tape, batch, changes);
        }

        @Override
        public KeyValueCache cache(int slots) {
            return model.cache(slots);
        }

        @Override
        public Tensor continued(
                Tape tape,
                int[] tokens,
                CachedSequences sequences,
                KeyValueCache cache,
                int[] wanted,
                Changes changes) {
            return model.continued(tape, tokens, sequences, cache, wanted, changes);
        }
    }
}
