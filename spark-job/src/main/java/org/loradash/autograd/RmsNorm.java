package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.RmsNorm.Backward;
import org.loradash.kernel.operation.RmsNorm.Forward;

/** Root mean square normalisation (arXiv 1910.07467). */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * With a frozen weight.
     *
     * @param x T x d
     * @param weight 1 x d
     */
    public static Variable apply(Tape tape, Variable x, Tensor weight, float epsilon) {
        return apply(tape, x, Parameter.frozen(weight), epsilon);
    }

    /**
     * @param x T x d
     * @param weight 1 x d
     */
    public static Variable apply(Tape tape, Variable x, Parameter weight, float epsilon) {
        Tensor value = x.read(tape);
        Tensor out = tape.arena().take(value.rows(), value.columns());
        Tensor inverse = tape.arena().take(value.rows(), 1);
        tape.kernels().run(new Forward(value, weight.value(), epsilon, out, inverse));
        return tape.result(out, x.needsGradient() || weight.trained(), result -> {
            if (weight.trained()) {
                addWeightGradient(tape, result.gradient(), value, weight, epsilon, inverse);
            }
            if (x.needsGradient()) {
                Tensor dx = tape.gradientToAddTo(x);
                Tensor dOut = tape.gradientToOverwrite(result);
                tape.kernels().run(new Backward(dOut, value, weight.value(), inverse, dx));
            }
        });
    }

    /** The weight's gradient += sum over rows of dOut * xhat, xhat = x * inverse. */
    static void addWeightGradient(Tape tape, Tensor dOut, Tensor x, Parameter weight, float epsilon, Tensor inverse) {
        Arena.Mark scratch = tape.arena().mark();
        Tensor ones = tape.arena().take(1, x.columns());
        ones.fill(1f);
        Tensor xhat = tape.arena().take(x.rows(), x.columns());
        tape.kernels().run(new Forward(x, ones, epsilon, xhat, inverse));
        tape.kernels().run(new AddColumnDots(dOut, 0, xhat, weight.gradient()));
        tape.arena().release(scratch);
    }
}
