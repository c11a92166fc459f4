package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.normal;

import java.io.IOException;
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
import org.loradash.autograd.Tape;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Codec;
import org.loradash.data.RecordReader;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.Task;
import org.loradash.task.Task.Slicing;
import org.loradash.task.Units;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TaskObjective.Options;

class TaskObjectiveTest {
    private static final NextTokens TASK = Fixtures.nextTokens(64);
    private static final String FIXTURE = "golden/gradients";
    private static final Decoder MODEL = load(Storage.FLOAT32);
    private static final TokenBatch BATCH = records(0, 5);
    private static final TokenBatch SHORT = records(0, 2);

    private record Outcome(double loss, float[] gradient) {}

    @ParameterizedTest
    @CsvSource({"0, true", "0.2, true", "0.2, false"})
    void hasTheSameBitsOnAnyNumberOfThreads(double dropout, boolean packing) {
        Adapter adapter = dash(MODEL);
        Outcome one = outcome(MODEL, adapter, new Options(dropout, 1, new Slicing(16, packing), BlockValues.KEPT), 5);
        for (int threads = 2; threads <= 3; threads++) {
            Outcome several = outcome(
                    MODEL, adapter, new Options(dropout, threads, new Slicing(16, packing), BlockValues.KEPT), 5);
            assertThat(several.loss()).isEqualTo(one.loss());
            assertThat(several.gradient()).containsExactly(one.gradient());
        }
    }

    @Test
    void packedOrNotIsTheSameWithinRounding() {
        Adapter adapter = dash(MODEL);
        Outcome packed = outcome(MODEL, adapter, new Options(0, 1, new Slicing(512, true), BlockValues.KEPT), 5);
        Outcome separate = outcome(MODEL, adapter, new Options(0, 1, new Slicing(512, false), BlockValues.KEPT), 5);
        assertThat(separate.loss()).isCloseTo(packed.loss(), within(1e-5));
        assertThat(distance(separate.gradient(), packed.gradient())).isLessThan(1e-4);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.3, false", "0, true"})
    void itsGradientIsTheDerivativeOfItsLoss(double dropout, boolean normsAndHead) {
        Adapter adapter = normsAndHead ? dash(MODEL).withModules(MODEL.shape().modules()) : dash(MODEL);
        Tensor parameters = parameters(adapter);
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        Tensor unused = Tensor.zeros(1, adapter.parameters());
        try (TaskObjective<TokenBatch> objective =
                objective(MODEL, adapter, new Options(dropout, 2, new Slicing(8, true), BlockValues.KEPT))) {
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
        double step = outcome(MODEL, adapter, new Options(0, 1, new Slicing(16, packing), values), 5)
                .loss();
        try (TaskObjective<TokenBatch> objective =
                objective(MODEL, adapter, new Options(0.3, 2, new Slicing(16, packing), values))) {
            assertThat(objective.lossAndGradient(BATCH, parameters, gradient, 5))
                    .isNotEqualTo(step);
            assertThat(objective.measure(BATCH, parameters).loss() / BATCH.labelledTokens())
                    .isEqualTo(step);
        }
    }

    @Test
    void dropoutIsAFunctionOfItsSeed() {
        Adapter adapter = lora(MODEL);
        Options options = new Options(0.3, 2, new Slicing(16, true), BlockValues.KEPT);
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
        try (TaskObjective<TokenBatch> objective =
                objective(MODEL, adapter, new Options(0.5, 1, new Slicing(512, true), BlockValues.KEPT))) {
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
        Options options = new Options(0, 1, new Slicing(64, true), BlockValues.KEPT);
        Outcome float32 = outcome(MODEL, adapter, options, 1);
        Outcome half = outcome(load(storage), adapter, options, 1);
        assertThat(half.loss()).isCloseTo(float32.loss(), within(0.01 * float32.loss()));
        assertThat(distance(half.gradient(), float32.gradient())).isLessThan(0.05);
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"INT8", "NF4"})
    void quantisedWeightsGiveTheSameBitsByAnyNumberOfThreads(Storage storage) {
        Decoder model = load(storage);
        Adapter adapter = dash(model);
        Outcome one = outcome(model, adapter, new Options(0, 1, new Slicing(64, true), BlockValues.KEPT), 1);
        Outcome three = outcome(model, adapter, new Options(0, 3, new Slicing(64, true), BlockValues.KEPT), 1);
        assertThat(three.loss()).isEqualTo(one.loss());
        assertThat(three.gradient()).containsExactly(one.gradient());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFailingSliceIsThrownAndTheNextStepIsAsIfItHadNotBeen(int threads) {
        Adapter adapter = dash(MODEL);
        Options options = new Options(0.2, threads, new Slicing(16, true), BlockValues.KEPT);
        Outcome expected = outcome(MODEL, adapter, options, 5);
        TokenBatch poisoned = records(0, 5);
        poisoned.tokens()[3] = Poisoned.TOKEN;
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        try (TaskObjective<TokenBatch> objective = Poisoned.objective(MODEL, adapter, options)) {
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
    void theLossOfHeldOutRecordsIsWithoutDropout() {
        Adapter adapter = lora(MODEL);
        try (TaskObjective<TokenBatch> plain =
                        objective(MODEL, adapter, new Options(0, 1, new Slicing(16, true), BlockValues.KEPT));
                TaskObjective<TokenBatch> dropping =
                        objective(MODEL, adapter, new Options(0.5, 2, new Slicing(16, true), BlockValues.KEPT))) {
            assertThat(dropping.measure(BATCH, parameters(adapter)))
                    .isEqualTo(plain.measure(BATCH, parameters(adapter)));
        }
    }

    private static double at(
            TaskObjective<TokenBatch> objective, float[] values, float[] way, double step, Tensor gradient) {
        float[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * way[i]);
        }
        return objective.lossAndGradient(SHORT, Tensor.of(1, moved.length, moved), gradient, 5);
    }

    private static double loss(Adapter adapter, Tensor parameters, Tensor gradient) {
        try (TaskObjective<TokenBatch> objective =
                objective(MODEL, adapter, new Options(0, 1, new Slicing(512, true), BlockValues.KEPT))) {
            return objective.lossAndGradient(SHORT, parameters, gradient, 0);
        }
    }

    private static TokenBatch records(int from, int to) {
        return Fixtures.batch(Fixtures.path(FIXTURE).resolve("data.jsonl"), from, to);
    }

    private static Outcome outcome(Decoder model, Adapter adapter, Options options, long seed) {
        Tensor gradient = Tensor.zeros(1, adapter.parameters());
        gradient.fill(Float.NaN);
        try (TaskObjective<TokenBatch> objective = objective(model, adapter, options)) {
            double loss = objective.lossAndGradient(BATCH, parameters(adapter), gradient, seed);
            return new Outcome(loss, gradient.toArray());
        }
    }

    private static TaskObjective<TokenBatch> objective(Decoder model, Adapter adapter, Options options) {
        return new TaskObjective<>(TASK, model, adapter, options, KernelProvider.best());
    }

    private static Decoder load(Storage storage) {
        return (Decoder) ModelDirectory.open(
                        new Configuration(),
                        Fixtures.path(FIXTURE + "/model").toUri().toString())
                .load(storage);
    }

    private static Adapter lora(Decoder model) {
        List<String> kinds = List.of("q_proj", "v_proj", "up_proj", "down_proj");
        List<Target> targets = model.shape().targets().stream()
                .filter(target -> kinds.contains(target.kind()))
                .toList();
        return new Adapter("lora", 4, 2, targets, Map.of());
    }

    private static Adapter dash(Decoder model) {
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

    /** Fails on a slice with a certain token, half way through. */
    private static final class Poisoned {
        static final int TOKEN = 149;

        static TaskObjective<TokenBatch> objective(Decoder model, Adapter adapter, Options options) {
            return new TaskObjective<>(new Failing(TASK), model, adapter, options, KernelProvider.best());
        }
    }

    private record Failing(NextTokens task) implements Task<Sequence, TokenBatch> {
        @Override
        public Units units() {
            return task.units();
        }

        @Override
        public Codec<Sequence> codec() {
            return task.codec();
        }

        @Override
        public RecordReader<Sequence> reader(Configuration hadoop) throws IOException {
            return task.reader(hadoop);
        }

        @Override
        public String describe(Totals totals) {
            return task.describe(totals);
        }

        @Override
        public TokenBatch batch(List<Sequence> examples) {
            return task.batch(examples);
        }

        @Override
        public List<TokenBatch> slices(TokenBatch batch, Slicing slicing) {
            return task.slices(batch, slicing);
        }

        @Override
        public long size(TokenBatch batch) {
            return task.size(batch);
        }

        @Override
        public long weight(TokenBatch batch) {
            return task.weight(batch);
        }

        @Override
        public double loss(Tape tape, Backbone model, TokenBatch slice, Changes changes, float scale) {
            double loss = task.loss(tape, model, slice, changes, scale);
            for (int token : slice.tokens()) {
                if (token == Poisoned.TOKEN) {
                    throw new ArithmeticException("poisoned");
                }
            }
            return loss;
        }

        @Override
        public TokenBatch largestSlice(int examples, Slicing slicing) {
            return task.largestSlice(examples, slicing);
        }
    }
}
