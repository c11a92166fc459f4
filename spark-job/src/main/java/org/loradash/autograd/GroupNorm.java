package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GroupNorm.Backward;
import org.loradash.kernel.operation.GroupNorm.Forward;
import org.loradash.kernel.operation.GroupNorm.Then;

/** Normalisation of an image's groups of channels by mean and variance (arXiv 1803.08494), frozen, perhaps with SiLU behind it. */
public final class GroupNorm {
    private GroupNorm() {}

    /**
     * The argument's memory becomes the result where nothing else uses it and it needs no gradient.
     *
     * @param x T x d: one image, a row a place, a column a channel
     * @param groups divides d
     * @param weight 1 x d, bias likewise
     * @return T x d
     */
    public static Variable apply(
            Tape tape, Variable x, int groups, Tensor weight, Tensor bias, float epsilon, Then then) {
        boolean inPlace = x.isSpare() && !x.needsGradient();
        Tensor value = inPlace ? x.overwrite(tape) : x.read(tape);
        Tensor out = inPlace ? value : tape.arena().take(value.rows(), value.columns());
        Tensor mean = tape.arena().take(1, groups);
        Tensor inverse = tape.arena().take(1, groups);
        tape.kernels().run(new Forward(value, groups, weight, bias, epsilon, then, out, mean, inverse));
        return tape.result(out, x.needsGradient(), result -> {
            Tensor dx = tape.gradientToAddTo(x);
            tape.kernels().run(new Backward(result.gradient(), value, groups, weight, bias, then, mean, inverse, dx));
        });
    }
}
