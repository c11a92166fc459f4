package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.Scale;

/** A value times a number, such as what a block adds to a residual stream. */
public final class Scaled {
    private Scaled() {}

    /**
     * x * factor; x itself where the factor is 1.
     *
     * @param x T x d, whose memory becomes the result unless something else uses it
     * @return T x d
     */
    public static Variable apply(Tape tape, Variable x, float factor) {
        if (factor == 1) {
            return x;
        }
        Tensor scaled = x.isSpare() ? x.overwrite(tape) : copy(tape, x.read(tape));
        tape.kernels().run(new Scale(scaled, factor));
        return tape.result(scaled, x.needsGradient(), result -> {
            tape.kernels().run(new Scale(tape.gradientToOverwrite(result), factor));
            tape.passOn(result, x);
        });
    }

    private static Tensor copy(Tape tape, Tensor value) {
        Tensor copy = tape.arena().take(value.rows(), value.columns());
        tape.kernels().run(new Copy(value, copy));
        return copy;
    }
}
