package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.SquaredError;

/**
 * Losses of a variable, which end a forward pass: they give the variable its gradient. Its value stays, for predictions.
 * {@link OutputLoss} is for vocabularies, whose logits do not exist all at once.
 */
public final class Loss {
    private Loss() {}

    /**
     * The cross-entropy of n examples' classes.
     *
     * @param logits n x classes
     * @param targets the n classes
     * @param scale of each example's loss in the gradient, such as 1 / examples of the batch
     * @return the sum of -log softmax(target), unscaled
     */
    public static double crossEntropy(Tape tape, Variable logits, int[] targets, float scale) {
        Tensor gradient = copyAsGradient(tape, logits);
        return tape.kernels().run(new CrossEntropy(gradient, targets, scale));
    }

    /**
     * The squared error of n numbers.
     *
     * @param values of n elements
     * @param targets n numbers, row by row
     * @param scale as of {@link #crossEntropy}
     * @return the sum of (value - target)^2, unscaled
     */
    public static double squaredError(Tape tape, Variable values, float[] targets, float scale) {
        Tensor gradient = copyAsGradient(tape, values);
        return tape.kernels().run(new SquaredError(gradient, targets, scale));
    }

    /** Where the value becomes the gradient, which nothing reads where the variable needs none. */
    private static Tensor copyAsGradient(Tape tape, Variable x) {
        tape.checkOutsideBlocks("loss");
        Tensor value = x.read(tape);
        Tensor gradient = tape.newGradient(x);
        tape.kernels().run(new Copy(value, gradient));
        return gradient;
    }
}
