package org.loradash.autograd;

import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/**
 * Products with a frozen weight. One that is held in half precision becomes float32 a block of rows at a time, just
 * before the block is used, so that no more of it than that ever takes memory.
 */
final class WeightProduct {
    /** Elements of a block: 8 MiB, which the last cache holds. */
    private static final int BLOCK = 1 << 21;

    private WeightProduct() {}

    /** y (T x outputs) = x (T x inputs) w^T. */
    static void forward(Tape tape, Tensor x, Weight weight, Tensor y) {
        forward(tape, x, weight, y, BLOCK);
    }

    static void forward(Tape tape, Tensor x, Weight weight, Tensor y, int block) {
        byBlocks(
                tape,
                weight,
                block,
                (kernels, from, to, rows) -> kernels.matmul(x, PLAIN, rows, TRANSPOSED, y.columns(from, to), 1f, 0f));
    }

    /** dx (T x inputs) = dy (T x outputs) w + keep * dx. */
    static void backward(Tape tape, Tensor dy, Weight weight, Tensor dx, float keep) {
        backward(tape, dy, weight, dx, keep, BLOCK);
    }

    static void backward(Tape tape, Tensor dy, Weight weight, Tensor dx, float keep, int block) {
        byBlocks(
                tape,
                weight,
                block,
                (kernels, from, to, rows) ->
                        kernels.matmul(dy.columns(from, to), PLAIN, rows, PLAIN, dx, 1f, from == 0 ? keep : 1f));
    }

    @FunctionalInterface
    private interface OnBlock {
        void compute(Kernels kernels, int from, int to, Tensor rows);
    }

    private static void byBlocks(Tape tape, Weight weight, int elements, OnBlock work) {
        Kernels kernels = tape.kernels();
        if (weight.plain().isPresent()) {
            work.compute(kernels, 0, weight.rows(), weight.plain().get());
            return;
        }
        int most = Math.max(1, Math.min(weight.rows(), elements / weight.columns()));
        Arena.Mark scratch = tape.arena().mark();
        Tensor memory = tape.arena().take(most, weight.columns());
        for (int from = 0; from < weight.rows(); from += most) {
            int to = Math.min(weight.rows(), from + most);
            Tensor rows = memory.rows(0, to - from);
            kernels.expand(weight, from, to, rows);
            work.compute(kernels, from, to, rows);
        }
        tape.arena().release(scratch);
    }
}
