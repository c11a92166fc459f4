package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.LayerNorm.Backward;
import org.loradash.kernel.operation.LayerNorm.Forward;

/** Normalisation of rows by mean and variance (arXiv 1607.06450). */
public final class LayerNorm {
    private LayerNorm() {}

    /**
     * With a frozen weight and bias.
     *
     * @param x T x d
     * @param weight 1 x d
     * @param bias 1 x d
     * @return T x d
     */
    public static Variable apply(Tape tape, Variable x, Tensor weight, Tensor bias, float epsilon) {
        return apply(tape, x, Parameter.frozen(weight), Parameter.frozen(bias), epsilon);
    }

    /**
     * (x - mean) / sqrt(variance + epsilon) * weight + bias.
     *
     * @param x T x d
     * @param weight 1 x d
     * @param bias 1 x d
     * @return T x d
     */
    public static Variable apply(Tape tape, Variable x, Parameter weight, Parameter bias, float epsilon) {
        Tensor value = x.read(tape);
        Tensor out = tape.arena().take(value.rows(), value.columns());
        Tensor mean = tape.arena().take(value.rows(), 1);
        Tensor inverse = tape.arena().take(value.rows(), 1);
        tape.kernels().run(new Forward(value, weight.value(), bias.value(), epsilon, out, mean, inverse));
        boolean needed = x.needsGradient() || weight.trained() || bias.trained();
        return tape.result(out, needed, result -> {
            if (weight.trained()) {
                addWeightGradient(tape, result.gradient(), value, weight, epsilon);
            }
            if (bias.trained()) {
                Linear.addSumOfRows(tape, result.gradient(), bias.gradient());
            }
            if (x.needsGradient()) {
                Tensor dx = tape.gradientToAddTo(x);
                Tensor dOut = tape.gradientToOverwrite(result);
                tape.kernels().run(new Backward(dOut, value, weight.value(), bias.value(), mean, inverse, dx));
            }
        });
    }

    /** The weight's gradient += sum over rows of dOut * xhat, xhat being x without weight and bias. */
    private static void addWeightGradient(Tape tape, Tensor dOut, Tensor x, Parameter weight, float epsilon) {
        Arena.Mark scratch = tape.arena().mark();
        Tensor ones = tape.arena().take(1, x.columns());
        ones.fill(1f);
        Tensor zeros = tape.arena().take(1, x.columns());
        zeros.fill(0f);
        Tensor xhat = tape.arena().take(x.rows(), x.columns());
        Tensor mean = tape.arena().take(x.rows(), 1);
        Tensor inverse = tape.arena().take(x.rows(), 1);
        tape.kernels().run(new Forward(x, ones, zeros, epsilon, xhat, mean, inverse));
        tape.kernels().run(new AddColumnDots(dOut, 0, xhat, weight.gradient()));
        tape.arena().release(scratch);
    }
}
