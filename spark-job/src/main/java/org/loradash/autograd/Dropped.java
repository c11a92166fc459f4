package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Drop;

/** Dropout of a variable, such as what a classifier is applied to. */
public final class Dropped {
    private Dropped() {}

    /**
     * The variable itself where nothing is dropped.
     *
     * @param x T x d
     * @return T x d
     */
    public static Variable apply(Tape tape, Variable x, Dropout dropout) {
        if (!dropout.active()) {
            return x;
        }
        Tensor out = tape.arena().take(x.value().rows(), x.value().columns());
        drop(tape, x.read(tape), dropout, out);
        return tape.result(out, x.needsGradient(), result -> {
            Tensor gradient = tape.gradientToOverwrite(result);
            drop(tape, gradient, dropout, gradient);
            tape.passOn(result, x);
        });
    }

    /** dropped = x through the mask, and the same for its gradient. */
    static void drop(Tape tape, Tensor x, Dropout dropout, Tensor dropped) {
        tape.kernels().run(new Drop(x, dropout.seed(), 0, dropout.probability(), dropped));
    }
}
