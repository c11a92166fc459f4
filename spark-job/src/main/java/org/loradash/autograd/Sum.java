package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/** The sum of a residual stream and a block's output. */
public final class Sum {
    private Sum() {}

    /**
     * x + y. The stream's gradient is passed on, not copied: what later arrives for x is added to the same memory, so that
     * one tensor carries it through the whole network.
     *
     * @param x T x d, the stream
     * @param y T x d, the block's output, whose memory becomes the sum
     */
    public static Variable add(Tape tape, Variable x, Variable y) {
        Tensor sum = y.value();
        tape.kernels().add(x.value(), 1f, sum);
        return tape.result(sum, x.needsGradient() || y.needsGradient(), result -> {
            if (y.needsGradient()) {
                // The block's backward reads this before it adds to it: its last operation on x is the norm's.
                y.gradient(result.gradient());
            }
            if (x.needsGradient()) {
                x.gradient(result.gradient());
            }
        });
    }
}
