package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.normal;

import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.loradash.Differences;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;

/** A loss gives its sum and, where it begins the backward, its gradient. */
class LossTest {
    private static final Arena ARENA = new Arena();
    private static final float SCALE = 0.25f;
    private static final int[] CLASSES = {2, 0, 1, 1};
    private static final float[] NUMBERS = {1, -2, 0.5f, 3};

    private final Tape tape = new Tape(KernelProvider.best().open(), ARENA);

    {
        ARENA.reset();
    }

    @Test
    void crossEntropyOfClasses() {
        Tensor logits = normal(1, 4, 3, 1);
        agrees(logits, x -> Loss.crossEntropy(tape, x, CLASSES, SCALE));
        Tensor even = Tensor.zeros(4, 3);
        assertThat(Loss.crossEntropy(tape, tape.input(even), CLASSES, SCALE)).isCloseTo(4 * Math.log(3), within(1e-6));
    }

    @Test
    void squaredErrorOfNumbers() {
        Tensor values = normal(1, 4, 1, 1);
        agrees(values, x -> Loss.squaredError(tape, x, NUMBERS, SCALE));
        assertThat(Loss.squaredError(tape, tape.input(Tensor.zeros(4, 1)), NUMBERS, SCALE))
                .isEqualTo(1 + 4 + 0.25 + 9);
    }

    private void agrees(Tensor values, ToDoubleFunction<Variable> loss) {
        Variable x = tape.input(values);
        float[] before = values.toArray();
        loss.applyAsDouble(x);
        assertThat(values.toArray()).as("values after the loss").isEqualTo(before);
        double[] expected = Differences.gradient(values, () -> SCALE * loss.applyAsDouble(tape.input(values)));
        assertClose("gradient", x.gradient(), expected, 1e-3);
    }
}
