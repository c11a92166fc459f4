package org.loradash.autograd;

import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;

import java.util.List;
import java.util.Optional;
import org.loradash.autograd.OutputChanges.DensePart;
import org.loradash.autograd.OutputChanges.Part;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.RepeatRow;

/**
 * A frozen linear layer, or several that share their input with their weights one above the other, with or without
 * trainable changes beside it; or a layer that is trained whole.
 */
public final class Linear {
    private Linear() {}

    /**
     * y = x w^T, for the outputs of each dense part of the change x (kept w + added)^T, and for those of each low-rank one
     * + dropout(x) a^T b^T.
     *
     * @param input x, T x inputs
     * @param weight outputs x inputs
     * @return T x outputs
     */
    public static Variable apply(Tape tape, LinearInput input, Weight weight, Optional<OutputChanges> change) {
        return apply(tape, input, weight, Optional.empty(), change);
    }

    /**
     * The same, and + bias in each row, which is frozen too.
     *
     * @param bias 1 x outputs
     */
    public static Variable apply(
            Tape tape, LinearInput input, Weight weight, Optional<Tensor> bias, Optional<OutputChanges> change) {
        input.use(tape);
        Tensor y = tape.arena().take(input.rows(), weight.rows());
        float keep = startWith(tape, bias, y);
        Frozen product = (x, changes) -> WeightProduct.forward(tape, x, weight, changes, y, keep);
        return change.map(changed -> changed(tape, input, weight, changed, y, product))
                .orElseGet(() -> frozen(tape, input, weight, y, product));
    }

    /**
     * The same of an input whose product with the frozen weight is known.
     *
     * @param product T x outputs, as {@link #product} made it; it stays as it is
     * @param change without dense parts
     */
    public static Variable applyTo(
            Tape tape, LinearInput input, Weight weight, Tensor product, Optional<OutputChanges> change) {
        input.use(tape);
        Tensor y = tape.arena().take(input.rows(), weight.rows());
        Frozen copy = (x, changes) -> tape.kernels().run(new Copy(product, y));
        return change.map(changed -> changed(tape, input, weight, changed, y, copy))
                .orElseGet(() -> frozen(tape, input, weight, y, copy));
    }

    /**
     * What a frozen layer without bias and change makes of an input.
     *
     * @param x T x inputs
     * @param y T x outputs, which is written
     */
    public static void product(Tape tape, Tensor x, Weight weight, Tensor y) {
        WeightProduct.forward(tape, x, weight, y);
    }

    /** Begins a layer's outputs with the product of its input and its weight, with dense changes. */
    @FunctionalInterface
    private interface Frozen {
        void write(Tensor x, List<DensePart> changes);
    }

    /** Writes a bias to every row of what a product is then added to; returns how much of it the product is to keep. */
    private static float startWith(Tape tape, Optional<Tensor> bias, Tensor y) {
        bias.ifPresent(row -> tape.kernels().run(new RepeatRow(row, y)));
        return bias.isPresent() ? 1f : 0f;
    }

    /**
     * y = x w^T, and + bias in each row, all of which may be trained.
     *
     * @param input x, T x inputs
     * @param weight w, outputs x inputs
     * @param bias 1 x outputs
     * @return T x outputs
     */
    public static Variable trained(Tape tape, LinearInput input, Parameter weight, Optional<Parameter> bias) {
        input.use(tape);
        Kernels kernels = tape.kernels();
        Tensor y = tape.arena().take(input.rows(), weight.value().rows());
        float keep = startWith(tape, bias.map(Parameter::value), y);
        Arena.Mark scratch = tape.arena().mark();
        kernels.run(new MatrixProduct(input.value(tape), PLAIN, weight.value(), TRANSPOSED, y, 1f, keep));
        tape.arena().release(scratch);
        boolean needed = input.needsGradient()
                || weight.trained()
                || bias.filter(Parameter::trained).isPresent();
        return tape.result(y, needed, result -> backward(tape, result.gradient(), input, weight, bias));
    }

    private static void backward(Tape tape, Tensor dy, LinearInput input, Parameter weight, Optional<Parameter> bias) {
        Kernels kernels = tape.kernels();
        LinearInput.Gradient dx = input.needsGradient() ? input.gradient(tape) : null;
        Arena.Mark scratch = tape.arena().mark();
        bias.filter(Parameter::trained).ifPresent(row -> addSumOfRows(tape, dy, row.gradient()));
        Tensor x;
        if (dx == null) {
            x = input.value(tape);
        } else {
            kernels.run(new MatrixProduct(dy, PLAIN, weight.value(), PLAIN, dx.memory(), 1f, dx.keep()));
            x = input.backward(tape, dx.memory());
        }
        if (weight.trained()) {
            kernels.run(new MatrixProduct(dy, TRANSPOSED, x, PLAIN, weight.gradient(), 1f, 1f));
        }
        tape.arena().release(scratch);
    }

    /** sum (1 x d) += the rows of x (T x d). */
    static void addSumOfRows(Tape tape, Tensor x, Tensor sum) {
        Arena.Mark scratch = tape.arena().mark();
        Tensor ones = tape.arena().take(1, x.rows());
        ones.fill(1f);
        tape.kernels().run(new MatrixProduct(ones, PLAIN, x, PLAIN, sum, 1f, 1f));
        tape.arena().release(scratch);
    }

    private static Variable frozen(Tape tape, LinearInput input, Weight weight, Tensor y, Frozen product) {
        Arena.Mark scratch = tape.arena().mark();
        product.write(input.value(tape), List.of());
        tape.arena().release(scratch);
        return tape.result(y, input.needsGradient(), result -> {
            LinearInput.Gradient dx = input.gradient(tape);
            WeightProduct.backward(tape, result.gradient(), weight, dx.memory(), dx.keep());
            input.backward(tape, dx.memory());
        });
    }

    private static Variable changed(
            Tape tape, LinearInput input, Weight weight, OutputChanges change, Tensor y, Frozen product) {
        Kernels kernels = tape.kernels();
        Tensor inner = tape.arena().take(input.rows(), change.rank());
        Arena.Mark scratch = tape.arena().mark();
        Tensor x = input.value(tape);
        product.write(x, change.dense());
        if (change.drops()) {
            Tensor dropped = tape.arena().take(x.rows(), x.columns());
            int from = 0;
            for (Part part : change.parts()) {
                int to = from + part.lowRank().rank();
                Dropped.drop(tape, x, part.dropout(), dropped);
                kernels.run(new MatrixProduct(
                        dropped, PLAIN, part.lowRank().a(), TRANSPOSED, inner.columns(from, to), 1f, 0f));
                from = to;
            }
        } else if (!change.parts().isEmpty()) {
            kernels.run(new MatrixProduct(x, PLAIN, change.a(), TRANSPOSED, inner, 1f, 0f));
        }
        tape.arena().release(scratch);
        int from = 0;
        for (Part part : change.parts()) {
            int to = from + part.lowRank().rank();
            Tensor outputs = y.columns(part.from(), part.to());
            kernels.run(new MatrixProduct(
                    inner.columns(from, to), PLAIN, part.lowRank().b(), TRANSPOSED, outputs, 1f, 1f));
            from = to;
        }
        return tape.result(y, true, result -> backward(tape, result.gradient(), input, weight, change, inner));
    }

    private static void backward(
            Tape tape, Tensor dy, LinearInput input, Weight weight, OutputChanges change, Tensor inner) {
        Kernels kernels = tape.kernels();
        LinearInput.Gradient dx = input.needsGradient() ? input.gradient(tape) : null;
        Arena.Mark scratch = tape.arena().mark();
        Tensor dInner = tape.arena().take(inner.rows(), inner.columns());
        int from = 0;
        for (Part part : change.parts()) {
            int to = from + part.lowRank().rank();
            Tensor dOutputs = dy.columns(part.from(), part.to());
            LowRank lowRank = part.lowRank();
            kernels.run(new MatrixProduct(
                    dOutputs, TRANSPOSED, inner.columns(from, to), PLAIN, lowRank.bGradient(), 1f, 1f));
            kernels.run(new MatrixProduct(dOutputs, PLAIN, lowRank.b(), PLAIN, dInner.columns(from, to), 1f, 0f));
            from = to;
        }
        Tensor x;
        if (dx == null) {
            x = input.value(tape);
        } else {
            WeightProduct.backward(tape, dy, weight, change.dense(), dx.memory(), dx.keep());
            addThroughChange(tape, dInner, change, dx.memory());
            x = input.backward(tape, dx.memory());
        }
        for (DensePart part : change.dense()) {
            Tensor dOutputs = dy.columns(part.from(), part.to());
            kernels.run(new MatrixProduct(
                    dOutputs, TRANSPOSED, x, PLAIN, part.dense().addedGradient(), 1f, 1f));
        }
        if (change.drops()) {
            Tensor dropped = tape.arena().take(x.rows(), x.columns());
            from = 0;
            for (Part part : change.parts()) {
                int to = from + part.lowRank().rank();
                Dropped.drop(tape, x, part.dropout(), dropped);
                kernels.run(new MatrixProduct(
                        dInner.columns(from, to),
                        TRANSPOSED,
                        dropped,
                        PLAIN,
                        part.lowRank().aGradient(),
                        1f,
                        1f));
                from = to;
            }
        } else if (!change.parts().isEmpty()) {
            kernels.run(new MatrixProduct(dInner, TRANSPOSED, x, PLAIN, change.aGradient(), 1f, 1f));
        }
        tape.arena().release(scratch);
    }

    /** dx += dInner a, each part's share through its dropout. */
    private static void addThroughChange(Tape tape, Tensor dInner, OutputChanges change, Tensor dx) {
        Kernels kernels = tape.kernels();
        if (change.parts().isEmpty()) {
            return;
        }
        if (!change.drops()) {
            kernels.run(new MatrixProduct(dInner, PLAIN, change.a(), PLAIN, dx, 1f, 1f));
            return;
        }
        Arena.Mark scratch = tape.arena().mark();
        Tensor dDropped = tape.arena().take(dx.rows(), dx.columns());
        int from = 0;
        for (Part part : change.parts()) {
            int to = from + part.lowRank().rank();
            kernels.run(new MatrixProduct(
                    dInner.columns(from, to), PLAIN, part.lowRank().a(), PLAIN, dDropped, 1f, 0f));
            Dropped.drop(tape, dDropped, part.dropout(), dDropped);
            kernels.run(new Add(dDropped, 1f, dx));
            from = to;
        }
        tape.arena().release(scratch);
    }
}
