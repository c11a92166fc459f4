package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.normal;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.config.Settings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

class TapeTest {
    private final Tape tape = new Tape(KernelProvider.best().open(), new Arena());

    @Test
    void backwardsRunInReverseAndOnce() {
        List<String> ran = new ArrayList<>();
        Tensor value = Tensor.zeros(1, 1);
        tape.result(value, true, result -> ran.add("first"));
        tape.result(value, false, result -> ran.add("frozen"));
        tape.result(value, true, result -> ran.add("last"));
        tape.backward();
        tape.backward();
        assertThat(ran).containsExactly("last", "first");
    }

    @Test
    void aResetTapeHasForgottenItsBackwards() {
        tape.result(Tensor.zeros(1, 1), true, result -> {
            throw new AssertionError("ran");
        });
        tape.reset();
        tape.backward();
    }

    @Test
    void scopesGiveTheirGradientsBack() {
        assertThat(backwardBytes(8, true)).isLessThan(backwardBytes(8, false));
        assertThat(backwardBytes(16, true))
                .as("bytes of gradients do not grow with the number of blocks")
                .isEqualTo(backwardBytes(8, true));
    }

    @Test
    void aGradientIsWrittenOnceOrAddedTo() {
        Variable x = tape.input(Tensor.zeros(2, 3));
        assertThatThrownBy(x::gradient)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no operation has given Tensor[2 x 3] a gradient yet");
        assertThat(tape.gradientToAddTo(x).toArray()).containsOnly(0f);
        tape.gradientToAddTo(x).fill(2f);
        assertThat(tape.gradientToAddTo(x).toArray()).containsOnly(2f);
        assertThatThrownBy(() -> tape.newGradient(x))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tensor[2 x 3] already has a gradient");
    }

    /** The most bytes that a backward through blocks on a residual stream takes beyond the forward's. */
    private static long backwardBytes(int blocks, boolean scopes) {
        Tape tape = new Tape(KernelProvider.best().open(), new Arena());
        Weight weight = Weight.allocate(16, 16, Storage.FLOAT32);
        weight.write(0, normal(1, 16, 16, 0.1).toArray(), 256);
        Tensor norm = normal(2, 1, 16, 1);
        Variable x = tape.input(normal(3, 8, 16, 1));
        for (int block = 0; block < blocks; block++) {
            if (scopes) {
                tape.beginScope();
            }
            x = Residual.add(tape, x, Linear.apply(tape, RmsNorm.apply(tape, x, norm, 1e-5f), weight));
            if (scopes) {
                tape.endScope();
            }
        }
        tape.newGradient(x).fill(1f);
        long forward = tape.arena().bytesAtMost();
        tape.backward();
        return tape.arena().bytesAtMost() - forward;
    }
}
