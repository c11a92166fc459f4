package org.loradash.benchmark.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.benchmark.engine.RandomLlama;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Batch;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Kernels.Side;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Changes;
import org.loradash.model.Model;

class TimedKernelsTest {
    private static final int RANK = 4;

    private final Tally tally = new Tally();
    private final Kernels plain = KernelProvider.best().open();
    private final Kernels timed = new TimedKernels(plain, RANK, tally, ProductListener.NONE);

    @Test
    void countsTwoOperationsForEachMultiplicationOfAProduct() {
        timed.matmul(Tensor.zeros(5, 3), Side.TRANSPOSED, Tensor.zeros(5, 7), Side.PLAIN, Tensor.zeros(3, 7), 1f, 0f);
        assertThat(tally.floatingPointOperations(Operation.PRODUCT)).isEqualTo(2 * 3 * 7 * 5);
        assertThat(tally.bytes(Operation.PRODUCT)).isEqualTo(4 * (5 * 3 + 5 * 7 + 3 * 7));
        assertThat(tally.seconds(Operation.PRODUCT)).isPositive();
    }

    @Test
    void readsTheResultOfAProductThatIsAddedTo() {
        timed.matmul(Tensor.zeros(5, 5), Side.PLAIN, Tensor.zeros(5, 5), Side.PLAIN, Tensor.zeros(5, 5), 1f, 1f);
        assertThat(tally.bytes(Operation.PRODUCT)).isEqualTo(4 * 4 * 5 * 5);
    }

    @Test
    void tellsLowRankProductsByTheirShortestSide() {
        int three = 3 * RANK;
        timed.matmul(
                Tensor.zeros(20, 16),
                Side.PLAIN,
                Tensor.zeros(three, 16),
                Side.TRANSPOSED,
                Tensor.zeros(20, three),
                1f,
                0f);
        timed.matmul(
                Tensor.zeros(9, 8), Side.PLAIN, Tensor.zeros(RANK, 8), Side.TRANSPOSED, Tensor.zeros(9, RANK), 1f, 0f);
        timed.matmul(
                Tensor.zeros(9, RANK), Side.PLAIN, Tensor.zeros(8, RANK), Side.TRANSPOSED, Tensor.zeros(9, 8), 1f, 0f);
        assertThat(tally.calls(Operation.LOW_RANK_PRODUCT))
                .as("one rank, and three together")
                .isEqualTo(3);
        assertThat(tally.calls(Operation.PRODUCT)).isZero();
    }

    @Test
    void countsEachTokenAgainstItselfAndThoseBeforeItInItsSequence() {
        int[] starts = {0, 3, 5};
        Tensor q = Tensor.zeros(5, 8);
        Tensor k = Tensor.zeros(5, 4);
        timed.attention(q, k, Tensor.zeros(5, 4), starts, 4, 2, 1f, Tensor.zeros(5, 8), Tensor.zeros(5, 4));
        int pairs = (1 + 2 + 3) + (1 + 2);
        assertThat(tally.floatingPointOperations(Operation.ATTENTION)).isEqualTo(2 * 2 * pairs * 8);
    }

    @Test
    void countsHalfPrecisionByItsOwnSize() {
        Weight weight = Weight.allocate(6, 8, Storage.BFLOAT16);
        weight.write(0, new float[48], 48);
        timed.expand(weight, 2, 5, Tensor.zeros(3, 8));
        assertThat(tally.bytes(Operation.EXPAND)).isEqualTo(3 * 8 * (2 + 4));
    }

    @Test
    void leavesEveryResultAsItWas() {
        Model model = new RandomLlama(16, 2, 2, 24, 50).make(Storage.BFLOAT16);
        int[] tokens = IntStream.range(0, 20).map(i -> 7 * i % 50).toArray();
        Batch batch = Batch.of(List.of(new Sequence(tokens, tokens)));
        double expected = model.loss(new Tape(plain, new Arena()), batch, Changes.none(), 1f);
        double watched = model.loss(new Tape(timed, new Arena()), batch, Changes.none(), 1f);
        assertThat(watched).isEqualTo(expected);
        assertThat(tally.calls(Operation.ATTENTION)).isEqualTo(2);
        assertThat(tally.calls(Operation.SWIGLU)).isEqualTo(2);
        assertThat(tally.calls(Operation.CROSS_ENTROPY)).isEqualTo(1);
    }

    @Test
    void countsWhatABackwardInPlaceReadsAndWrites() {
        Tensor gateUp = Tensor.zeros(2, 6);
        timed.swiGluBackward(Tensor.zeros(2, 3), gateUp.columns(0, 3), gateUp.columns(3, 6));
        assertThat(tally.bytes(Operation.SWIGLU_BACKWARD)).isEqualTo(2 * 3 * 4 * 6);
    }

    @Test
    void forgetsWhatItAddedUp() {
        timed.add(Tensor.zeros(2, 3), 1f, Tensor.zeros(2, 3));
        assertThat(tally.bytes()).isEqualTo(2 * 3 * 4 * 3);
        tally.reset();
        assertThat(tally.calls(Operation.ADD)).isZero();
        assertThat(tally.seconds()).isZero();
    }
}
