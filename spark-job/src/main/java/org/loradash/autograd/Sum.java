package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;

/** The sum of two values, such as a residual stream and a block's output. */
public final class Sum {
    private Sum() {}

    /**
     * x + y. Both get the sum's gradient in one memory, which is copied only where one of them writes while the other still
     * needs it: in x + f(norm(x)) f's backward is done when that of the norm adds to x, and one tensor carries the stream's
     * gradient through the whole network.
     *
     * @param x T x d, which may be y
     * @param y T x d, whose memory becomes the sum unless something else uses it
     */
    public static Variable add(Tape tape, Variable x, Variable y) {
        Tensor ofX = x.read(tape);
        Tensor sum = y.isSpare() ? y.overwrite(tape) : copy(tape, y.read(tape));
        tape.kernels().run(new Add(ofX, 1f, sum));
        return tape.result(sum, x.needsGradient() || y.needsGradient(), result -> {
            tape.passOn(result, y);
            tape.passOn(result, x);
        });
    }

    private static Tensor copy(Tape tape, Tensor value) {
        Tensor copy = tape.arena().take(value.rows(), value.columns());
        tape.kernels().run(new Copy(value, copy));
        return copy;
    }
}
