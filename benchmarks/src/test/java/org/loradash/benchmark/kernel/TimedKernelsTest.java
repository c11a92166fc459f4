package org.loradash.benchmark.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.benchmark.engine.RandomLlama;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.Sequence;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.model.Changes;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;

class TimedKernelsTest {
    private static final int RANK = 4;

    private final Kernels plain = KernelProvider.best().open();
    private final Observation observation = new Observation(RANK);
    private final Kernels timed = observation.apply(plain);
    private final Tally tally = observation.total();

    @Test
    void countsTwoOperationsForEachMultiplicationOfAProduct() {
        timed.run(new MatrixProduct(
                Tensor.zeros(5, 3), Side.TRANSPOSED, Tensor.zeros(5, 7), Side.PLAIN, Tensor.zeros(3, 7), 1f, 0f));
        assertThat(tally.floatingPointOperations("MatrixProduct")).isEqualTo(2 * 3 * 7 * 5);
        assertThat(tally.bytes("MatrixProduct")).isEqualTo(4 * (5 * 3 + 5 * 7 + 3 * 7));
        assertThat(tally.seconds("MatrixProduct")).isPositive();
    }

    @Test
    void readsTheResultOfAProductThatIsAddedTo() {
        timed.run(new MatrixProduct(
                Tensor.zeros(5, 5), Side.PLAIN, Tensor.zeros(5, 5), Side.PLAIN, Tensor.zeros(5, 5), 1f, 1f));
        assertThat(tally.bytes("MatrixProduct")).isEqualTo(4 * 4 * 5 * 5);
    }

    @Test
    void tellsLowRankProductsByTheirShortestSide() {
        int three = 3 * RANK;
        timed.run(new MatrixProduct(
                Tensor.zeros(20, 16),
                Side.PLAIN,
                Tensor.zeros(three, 16),
                Side.TRANSPOSED,
                Tensor.zeros(20, three),
                1f,
                0f));
        timed.run(new MatrixProduct(
                Tensor.zeros(9, 8), Side.PLAIN, Tensor.zeros(RANK, 8), Side.TRANSPOSED, Tensor.zeros(9, RANK), 1f, 0f));
        timed.run(new MatrixProduct(
                Tensor.zeros(9, RANK), Side.PLAIN, Tensor.zeros(8, RANK), Side.TRANSPOSED, Tensor.zeros(9, 8), 1f, 0f));
        assertThat(tally.calls(Observation.LOW_RANK_PRODUCT))
                .as("one rank, and three together")
                .isEqualTo(3);
        assertThat(tally.calls("MatrixProduct")).isZero();
    }

    @Test
    void countsEachTokenAgainstItselfAndThoseBeforeItInItsSequence() {
        int[] starts = {0, 3, 5};
        Tensor q = Tensor.zeros(5, 8);
        Tensor k = Tensor.zeros(5, 4);
        timed.run(new Attention.Forward(
                q,
                k,
                Tensor.zeros(5, 4),
                AttentionShape.causal(4, 2, starts, 1f),
                Tensor.zeros(5, 8),
                Tensor.zeros(5, 4)));
        int pairs = (1 + 2 + 3) + (1 + 2);
        assertThat(tally.floatingPointOperations("Attention.Forward")).isEqualTo(2 * 2 * pairs * 8);
    }

    @Test
    void countsHalfPrecisionByItsOwnSize() {
        Weight weight = Weight.allocate(6, 8, Storage.BFLOAT16);
        weight.write(0, new float[48], 48);
        timed.run(new Expand(weight, 2, 5, Tensor.zeros(3, 8)));
        assertThat(tally.bytes("Expand")).isEqualTo(3 * 8 * (2 + 4));
    }

    private static double loss(Decoder model, Kernels kernels, int[] tokens) {
        TokenBatch batch = TokenBatch.of(List.of(new Sequence(tokens, tokens)));
        return model.loss(
                new Tape(kernels, new Arena()), batch.tokens(), batch.starts(), batch.targets(), Changes.none(), 1f);
    }

    @Test
    void leavesEveryResultAsItWas() {
        Decoder model = new RandomLlama(16, 2, 2, 24, 50).make(Storage.BFLOAT16);
        int[] tokens = IntStream.range(0, 20).map(i -> 7 * i % 50).toArray();
        double expected = loss(model, plain, tokens);
        double watched = loss(model, timed, tokens);
        assertThat(watched).isEqualTo(expected);
        assertThat(tally.calls("Attention.Forward")).isEqualTo(2);
        assertThat(tally.calls("GatedUnit.Forward")).isEqualTo(2);
        assertThat(tally.calls("CrossEntropy")).isEqualTo(1);
    }

    @Test
    void countsWhatABackwardInPlaceReadsAndWrites() {
        Tensor gateUp = Tensor.zeros(2, 6);
        timed.run(new GatedUnit.Backward(
                Tensor.zeros(2, 3), gateUp.columns(0, 3), gateUp.columns(3, 6), Activation.SILU));
        assertThat(tally.bytes("GatedUnit.Backward")).isEqualTo(2 * 3 * 4 * 6);
    }

    @Test
    void forgetsWhatItAddedUp() {
        timed.run(new Add(Tensor.zeros(2, 3), 1f, Tensor.zeros(2, 3)));
        assertThat(tally.bytes()).isEqualTo(2 * 3 * 4 * 3);
        tally.reset();
        assertThat(tally.calls("Add")).isZero();
        assertThat(tally.seconds()).isZero();
    }
}
