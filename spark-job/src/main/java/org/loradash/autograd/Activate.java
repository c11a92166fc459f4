package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activate.Backward;
import org.loradash.kernel.operation.Activate.Forward;
import org.loradash.kernel.operation.Activation;

/**
 * An activation whose value is kept. {@link LinearInput#activated} is one that a linear layer alone is applied to, whose
 * value is not.
 */
public final class Activate {
    private Activate() {}

    /**
     * The argument's memory becomes its gradient: it is used by no other operation.
     *
     * @param x T x d
     * @return T x d
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable x, Activation activation) {
        Tensor value = x.overwrite(tape);
        Tensor out = tape.arena().take(value.rows(), value.columns());
        tape.kernels().run(new Forward(value, activation, out));
        return tape.result(out, x.needsGradient(), result -> {
            tape.kernels().run(new Backward(tape.gradientToOverwrite(result), value, activation));
            x.gradient(value);
        });
    }
}
