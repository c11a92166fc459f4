package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;
import static org.loradash.Differences.normal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.Differences;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Targets;

class OutputLossTest {
    private static final Arena ARENA = new Arena();
    private static final int VOCABULARY = 11;
    private static final int WIDTH = 6;
    private static final int[] TARGETS = {3, 0, 10, 3, 7};
    private static final float SCALE = 0.25f;
    private static final int MANY = 1 << 20;

    private final Kernels kernels = KernelProvider.best().open();
    private final Tape tape = new Tape(kernels, ARENA);
    private final Tensor hidden = normal(1, TARGETS.length, WIDTH, 1);

    {
        ARENA.reset();
    }

    private record Outcome(double loss, float[] gradient) {}

    @Test
    void itsGradientIsTheDerivativeOfTheScaledLoss() {
        Weight head = head(Storage.FLOAT32);
        double[] expected =
                Differences.gradient(hidden, () -> SCALE * outcome(head, MANY).loss());
        assertClose("gradient", outcome(head, MANY).gradient(), expected, 1e-3);
    }

    @Test
    void ofCappedLogitsItsGradientIsTheDerivativeToo() {
        Weight frozen = head(Storage.FLOAT32);
        Parameter trained = new Parameter(normal(2, VOCABULARY, WIDTH, 0.5), Tensor.zeros(VOCABULARY, WIDTH));
        double uncapped = outcome(frozen, MANY).loss();
        double[] expected = Differences.gradient(hidden, () -> SCALE * capped(frozen));
        double[] ofHead = Differences.gradient(trained.value(), () -> SCALE * capped(trained));
        assertThat(capped(frozen)).isNotCloseTo(uncapped, within(1e-2));
        tape.reset();
        Variable x = tape.input(hidden);
        OutputLoss.capped(tape, x, frozen, Targets.single(TARGETS), SCALE, 1.5f);
        assertClose("gradient", x.gradient().toArray(), expected, 1e-3);
        trained.gradient().fill(0);
        capped(trained);
        assertClose("gradient of the head", trained.gradient().toArray(), ofHead, 1e-3);
    }

    private double capped(Weight head) {
        tape.reset();
        return OutputLoss.capped(tape, tape.input(hidden), head, Targets.single(TARGETS), SCALE, 1.5f);
    }

    private double capped(Parameter head) {
        tape.reset();
        return OutputLoss.capped(tape, tape.input(hidden), head, Targets.single(TARGETS), SCALE, 1.5f);
    }

    @Test
    void itIsTheSumOfNegativeLogProbabilities() {
        float[] weights = normal(2, VOCABULARY, WIDTH, 0.5).toArray();
        float[] states = hidden.toArray();
        double expected = 0;
        for (int i = 0; i < TARGETS.length; i++) {
            double sum = 0;
            double ofTarget = 0;
            for (int token = 0; token < VOCABULARY; token++) {
                double logit = 0;
                for (int j = 0; j < WIDTH; j++) {
                    logit += weights[token * WIDTH + j] * states[i * WIDTH + j];
                }
                sum += Math.exp(logit);
                ofTarget = token == TARGETS[i] ? logit : ofTarget;
            }
            expected += Math.log(sum) - ofTarget;
        }
        assertThat(outcome(head(Storage.FLOAT32), MANY).loss()).isCloseTo(expected, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({"11", "12", "23", "1"})
    void inPartsItIsTheSame(int logitsAtOnce) {
        Outcome whole = outcome(head(Storage.FLOAT32), MANY);
        Outcome parts = outcome(head(Storage.FLOAT32), logitsAtOnce);
        assertThat(parts.loss()).isCloseTo(whole.loss(), within(1e-5));
        assertClose("gradient", parts.gradient(), doubles(whole.gradient()), 1e-5);
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"BFLOAT16", "FLOAT16"})
    void aHalfPrecisionHeadIsTheExpandedOne(Storage storage) {
        Outcome half = outcome(head(storage), MANY);
        Outcome whole = outcome(expanded(head(storage)), MANY);
        assertThat(half.loss()).isCloseTo(whole.loss(), within(1e-5));
        assertClose("gradient", half.gradient(), doubles(whole.gradient()), 1e-5);
    }

    private static Weight expanded(Weight half) {
        float[] rounded = new float[VOCABULARY * WIDTH];
        half.read(0, rounded, rounded.length);
        Weight expanded = Weight.allocate(VOCABULARY, WIDTH, Storage.FLOAT32);
        expanded.write(0, rounded, rounded.length);
        return expanded;
    }

    @Test
    void aFrozenModelGetsALossAndNoGradient() {
        Variable states = tape.constant(hidden);
        double loss = OutputLoss.apply(tape, states, head(Storage.FLOAT32), TARGETS, SCALE);
        assertThat(loss).isPositive();
        assertThat(states.hasGradient()).isFalse();
    }

    @Test
    void itGivesBackAllButTheGradient() {
        Weight head = head(Storage.BFLOAT16);
        tape.reset();
        OutputLoss.apply(tape, tape.input(hidden), head, TARGETS, SCALE, 23);
        Arena.Mark after = tape.arena().mark();
        tape.reset();
        tape.arena().take(TARGETS.length, WIDTH);
        assertThat(tape.arena().mark()).isEqualTo(after);
    }

    private Outcome outcome(Weight head, int logitsAtOnce) {
        tape.reset();
        Variable states = tape.input(hidden);
        double loss = OutputLoss.apply(tape, states, head, TARGETS, SCALE, logitsAtOnce);
        return new Outcome(loss, states.gradient().toArray());
    }

    private static Weight head(Storage storage) {
        Weight head = Weight.allocate(VOCABULARY, WIDTH, storage);
        head.write(0, normal(2, VOCABULARY, WIDTH, 0.5).toArray(), VOCABULARY * WIDTH);
        return head;
    }
}
