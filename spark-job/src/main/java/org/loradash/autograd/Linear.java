package org.loradash.autograd;

import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/** A frozen linear layer, with or without a trainable low-rank change beside it. */
public final class Linear {
    private Linear() {}

    /**
     * y = x w^T.
     *
     * @param x T x inputs
     * @param weight outputs x inputs
     */
    public static Variable apply(Tape tape, Variable x, Weight weight) {
        Tensor y = tape.arena().take(x.value().rows(), weight.rows());
        product(tape, x.value(), weight, y);
        return tape.result(y, x.needsGradient(), result -> backThroughWeight(tape, result.gradient(), weight, x));
    }

    /**
     * y = x w^T + dropout(x) a^T b^T.
     *
     * @param x T x inputs
     * @param weight outputs x inputs
     */
    public static Variable apply(Tape tape, Variable x, Weight weight, LowRank change, Dropout dropout) {
        Kernels kernels = tape.kernels();
        int tokens = x.value().rows();
        Tensor y = tape.arena().take(tokens, weight.rows());
        Tensor inner = tape.arena().take(tokens, change.rank());
        Arena.Mark scratch = tape.arena().mark();
        kernels.matmul(dropped(tape, x.value(), dropout), PLAIN, change.a(), TRANSPOSED, inner, 1f, 0f);
        tape.arena().release(scratch);
        product(tape, x.value(), weight, y);
        kernels.matmul(inner, PLAIN, change.b(), TRANSPOSED, y, 1f, 1f);
        return tape.result(y, true, result -> backward(tape, result.gradient(), x, weight, change, dropout, inner));
    }

    private static void backward(
            Tape tape, Tensor dy, Variable x, Weight weight, LowRank change, Dropout dropout, Tensor inner) {
        Kernels kernels = tape.kernels();
        if (x.needsGradient()) {
            backThroughWeight(tape, dy, weight, x);
        }
        Arena.Mark scratch = tape.arena().mark();
        Tensor dInner = tape.arena().take(inner.rows(), inner.columns());
        kernels.matmul(dy, TRANSPOSED, inner, PLAIN, change.bGradient(), 1f, 0f);
        kernels.matmul(dy, PLAIN, change.b(), PLAIN, dInner, 1f, 0f);
        kernels.matmul(dInner, TRANSPOSED, dropped(tape, x.value(), dropout), PLAIN, change.aGradient(), 1f, 0f);
        if (x.needsGradient()) {
            if (dropout.active()) {
                Tensor dDropped = tape.arena().take(x.value().rows(), x.value().columns());
                kernels.matmul(dInner, PLAIN, change.a(), PLAIN, dDropped, 1f, 0f);
                kernels.dropout(dDropped, dropout.seed(), dropout.probability(), dDropped);
                kernels.add(dDropped, 1f, x.gradient());
            } else {
                kernels.matmul(dInner, PLAIN, change.a(), PLAIN, x.gradient(), 1f, 1f);
            }
        }
        tape.arena().release(scratch);
    }

    /** dx += dy w, or = where it is the first to arrive. */
    private static void backThroughWeight(Tape tape, Tensor dy, Weight weight, Variable x) {
        float keep = x.hasGradient() ? 1f : 0f;
        Tensor dx = x.hasGradient() ? x.gradient() : tape.newGradient(x);
        Arena.Mark scratch = tape.arena().mark();
        tape.kernels().matmul(dy, PLAIN, expanded(tape, weight), PLAIN, dx, 1f, keep);
        tape.arena().release(scratch);
    }

    private static void product(Tape tape, Tensor x, Weight weight, Tensor y) {
        Arena.Mark scratch = tape.arena().mark();
        tape.kernels().matmul(x, PLAIN, expanded(tape, weight), TRANSPOSED, y, 1f, 0f);
        tape.arena().release(scratch);
    }

    private static Tensor expanded(Tape tape, Weight weight) {
        return weight.plain().orElseGet(() -> {
            Tensor expanded = tape.arena().take(weight.rows(), weight.columns());
            tape.kernels().expand(weight, 0, weight.rows(), expanded);
            return expanded;
        });
    }

    private static Tensor dropped(Tape tape, Tensor x, Dropout dropout) {
        if (!dropout.active()) {
            return x;
        }
        Tensor dropped = tape.arena().take(x.rows(), x.columns());
        tape.kernels().dropout(x, dropout.seed(), dropout.probability(), dropped);
        return dropped;
    }
}
