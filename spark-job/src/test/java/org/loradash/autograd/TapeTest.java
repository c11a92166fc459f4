package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;

class TapeTest {
    private static final Arena ARENA = new Arena();

    private final Tape tape = new Tape(KernelProvider.best().open(), ARENA);

    {
        ARENA.reset();
    }

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
    void aForwardTapeRecordsNothingAndGivesBackWhatABlockTook() {
        Tape forward = Tape.forward(KernelProvider.best().open(), new Arena());
        Variable x = forward.input(Tensor.of(1, 2, 3f, 4f));
        Arena.Mark before = forward.arena().mark();
        Variable result = forward.block(x, (inside, argument) -> {
            Tensor value = inside.arena().take(1, 2);
            inside.kernels().run(new Copy(argument.value(), value));
            inside.kernels().run(new Add(argument.value(), 1f, value));
            inside.arena().take(1000, 1000);
            return inside.result(value, true, any -> {
                throw new AssertionError("ran");
            });
        });
        assertThat(result.value().toArray()).containsExactly(6f, 8f);
        assertThat(result.needsGradient()).isFalse();
        Arena.Mark after = forward.arena().mark();
        assertThat(after.used() - before.used())
                .as("floats that are still taken")
                .isLessThan(1000);
        forward.backward();
    }

    @Test
    void blocksGiveTheirGradientsBack() {
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

    @Test
    void recomputedBlocksKeepTheirResultsAlone() {
        Tensor norm = normal(2, 1, 16, 1);
        Weight weight = Weight.allocate(16, 16, Storage.FLOAT32);
        Tape.Block block = (inside, before) ->
                Linear.apply(inside, LinearInput.normalised(inside, before, norm, 1e-5f), weight, Optional.empty());
        Tape recomputing = new Tape(KernelProvider.best().open(), new Arena(), Tape.BlockValues.RECOMPUTED);
        Variable x = recomputing.input(normal(3, 8, 16, 1));
        Arena.Mark before = recomputing.arena().mark();
        recomputing.block(x, block);
        Arena.Mark after = recomputing.arena().mark();
        assertThat(after.used() - before.used()).isEqualTo(8 * 16);
    }

    /** The most bytes that a backward through blocks on a residual stream takes beyond the forward's. */
    private static long backwardBytes(int blocks, boolean inBlocks) {
        Tape tape = new Tape(KernelProvider.best().open(), new Arena());
        Weight weight = Weight.allocate(16, 16, Storage.FLOAT32);
        weight.write(0, normal(1, 16, 16, 0.1).toArray(), 256);
        Tensor norm = normal(2, 1, 16, 1);
        Variable x = tape.input(normal(3, 8, 16, 1));
        Tape.Block block = (inside, before) -> Sum.add(
                inside,
                before,
                Linear.apply(inside, LinearInput.normalised(inside, before, norm, 1e-5f), weight, Optional.empty()));
        for (int i = 0; i < blocks; i++) {
            x = inBlocks ? tape.block(x, block) : block.apply(tape, x);
        }
        tape.newGradient(x).fill(1f);
        long forward = tape.arena().bytesAtMost();
        tape.backward();
        return tape.arena().bytesAtMost() - forward;
    }
}
