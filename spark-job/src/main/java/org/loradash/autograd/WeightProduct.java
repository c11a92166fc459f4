package org.loradash.autograd;

import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;

import java.util.List;
import org.loradash.autograd.OutputChanges.DensePart;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.MatrixProduct;

/**
 * Products with a frozen weight w, or with what dense changes make of it: kept w + added in the rows of each. What does
 * not lie in memory as it is multiplied, for it is held in half precision or changed, is made a block of rows at a time,
 * just before the block is used, so that no more of it than that ever takes memory.
 */
final class WeightProduct {
    /** Elements of a block: 8 MiB, which the last cache holds. */
    private static final int BLOCK = 1 << 21;

    private WeightProduct() {}

    /** y (T x outputs) = x (T x inputs) w^T. */
    static void forward(Tape tape, Tensor x, Weight weight, Tensor y) {
        forward(tape, x, weight, List.of(), y, 0f);
    }

    /** y (T x outputs) = x (T x inputs) w^T + keep * y, w with the changes. */
    static void forward(Tape tape, Tensor x, Weight weight, List<DensePart> changes, Tensor y, float keep) {
        forward(tape, x, weight, changes, y, keep, BLOCK);
    }

    static void forward(Tape tape, Tensor x, Weight weight, List<DensePart> changes, Tensor y, float keep, int block) {
        byBlocks(
                tape,
                weight,
                changes,
                block,
                (kernels, from, to, rows) ->
                        kernels.run(new MatrixProduct(x, PLAIN, rows, TRANSPOSED, y.columns(from, to), 1f, keep)));
    }

    /** dx (T x inputs) = dy (T x outputs) w + keep * dx. */
    static void backward(Tape tape, Tensor dy, Weight weight, Tensor dx, float keep) {
        backward(tape, dy, weight, List.of(), dx, keep, BLOCK);
    }

    /** dx (T x inputs) = dy (T x outputs) w + keep * dx, w with the changes. */
    static void backward(Tape tape, Tensor dy, Weight weight, List<DensePart> changes, Tensor dx, float keep) {
        backward(tape, dy, weight, changes, dx, keep, BLOCK);
    }

    static void backward(
            Tape tape, Tensor dy, Weight weight, List<DensePart> changes, Tensor dx, float keep, int block) {
        byBlocks(
                tape,
                weight,
                changes,
                block,
                (kernels, from, to, rows) -> kernels.run(
                        new MatrixProduct(dy.columns(from, to), PLAIN, rows, PLAIN, dx, 1f, from == 0 ? keep : 1f)));
    }

    @FunctionalInterface
    private interface OnBlock {
        void compute(Kernels kernels, int from, int to, Tensor rows);
    }

    private static void byBlocks(Tape tape, Weight weight, List<DensePart> changes, int elements, OnBlock work) {
        Kernels kernels = tape.kernels();
        if (weight.plain().isPresent() && changes.isEmpty()) {
            work.compute(kernels, 0, weight.rows(), weight.plain().get());
            return;
        }
        int most = Math.max(1, Math.min(weight.rows(), elements / weight.columns()));
        Arena.Mark scratch = tape.arena().mark();
        Tensor expanded = weight.plain().isPresent() ? null : tape.arena().take(most, weight.columns());
        Tensor changed = changes.isEmpty() ? null : tape.arena().take(most, weight.columns());
        for (int from = 0; from < weight.rows(); from += most) {
            int to = Math.min(weight.rows(), from + most);
            Tensor frozen = frozen(kernels, weight, from, to, expanded);
            Tensor rows = changes.isEmpty() ? frozen : changed.rows(0, to - from);
            if (!changes.isEmpty()) {
                change(kernels, frozen, changes, from, rows);
            }
            work.compute(kernels, from, to, rows);
        }
        tape.arena().release(scratch);
    }

    private static Tensor frozen(Kernels kernels, Weight weight, int from, int to, Tensor memory) {
        if (weight.plain().isPresent()) {
            return weight.plain().get().rows(from, to);
        }
        Tensor rows = memory.rows(0, to - from);
        kernels.run(new Expand(weight, from, to, rows));
        return rows;
    }

    /**
     * Writes changed rows of the weight.
     *
     * @param frozen the rows as they were
     * @param first index of their first one in the weight
     */
    private static void change(Kernels kernels, Tensor frozen, List<DensePart> changes, int first, Tensor changed) {
        int done = 0;
        for (DensePart part : changes) {
            int from = Math.max(done, part.from() - first);
            int to = Math.min(frozen.rows(), part.to() - first);
            if (from >= to) {
                continue;
            }
            copy(kernels, frozen, done, from, changed);
            Dense dense = part.dense();
            Tensor rows = changed.rows(from, to);
            kernels.run(new Copy(dense.added().rows(first + from - part.from(), first + to - part.from()), rows));
            kernels.run(new Add(frozen.rows(from, to), dense.kept(), rows));
            done = to;
        }
        copy(kernels, frozen, done, frozen.rows(), changed);
    }

    private static void copy(Kernels kernels, Tensor frozen, int from, int to, Tensor changed) {
        if (from < to) {
            kernels.run(new Copy(frozen.rows(from, to), changed.rows(from, to)));
        }
    }
}
