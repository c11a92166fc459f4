package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/** Root mean square normalisation with a frozen weight (arXiv 1910.07467). */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * @param x T x d
     * @param weight 1 x d
     */
    public static Variable apply(Tape tape, Variable x, Tensor weight, float epsilon) {
        int tokens = x.value().rows();
        Tensor out = tape.arena().take(tokens, x.value().columns());
        Tensor inverse = tape.arena().take(tokens, 1);
        tape.kernels().rmsNorm(x.value(), weight, epsilon, out, inverse);
        return tape.result(out, x.needsGradient(), result -> tape.kernels()
                .rmsNormBackward(result.gradient(), x.value(), weight, inverse, tape.gradientToAddTo(x)));
    }
}
