package org.loradash.autograd;

import java.util.Arrays;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/**
 * The output layer and its cross-entropy, fused: logits exist for a few tokens at a time, and become their own gradient
 * before the next ones are made.
 */
public final class OutputLoss {
    private OutputLoss() {}

    /** Logits that exist at a time: 128 MiB. */
    private static final int LOGITS = 1 << 25;

    /**
     * Ends a forward pass: gives x its gradient.
     *
     * @param x n x d, the last hidden states of labelled tokens
     * @param head vocabulary x d
     * @param targets the n tokens to be predicted
     * @param scale of each token's loss in the gradient, such as 1 / labelled tokens of the batch
     * @return the sum of the n losses, unscaled
     */
    public static double apply(Tape tape, Variable x, Weight head, int[] targets, float scale) {
        return apply(tape, x, head, targets, scale, LOGITS);
    }

    static double apply(Tape tape, Variable x, Weight head, int[] targets, float scale, int logitsAtOnce) {
        Tensor hidden = x.value();
        int tokens = hidden.rows();
        Tensor dHidden = x.needsGradient() ? tape.newGradient(x) : null;
        int parts = Math.toIntExact(ceilDivide((long) tokens * head.rows(), logitsAtOnce));
        double loss = 0;
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) tokens * part / parts);
            int to = (int) ((long) tokens * (part + 1) / parts);
            if (from < to) {
                Arena.Mark scratch = tape.arena().mark();
                Tensor gradient = dHidden == null ? null : dHidden.rows(from, to);
                loss += ofPart(
                        tape, hidden.rows(from, to), gradient, head, Arrays.copyOfRange(targets, from, to), scale);
                tape.arena().release(scratch);
            }
        }
        return loss;
    }

    private static double ofPart(Tape tape, Tensor hidden, Tensor dHidden, Weight head, int[] targets, float scale) {
        Tensor logits = tape.arena().take(hidden.rows(), head.rows());
        WeightProduct.forward(tape, hidden, head, logits);
        double loss = tape.kernels().crossEntropy(logits, targets, scale);
        if (dHidden != null) {
            WeightProduct.backward(tape, logits, head, dHidden, 0f);
        }
        return loss;
    }

    private static long ceilDivide(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
