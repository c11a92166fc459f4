package org.loradash.autograd;

import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import java.util.Arrays;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;

/**
 * The output layer and its cross-entropy, fused: logits exist for a few tokens at a time, and become their own gradient
 * before the next ones are made.
 */
public final class OutputLoss {
    private OutputLoss() {}

    /**
     * How much memory is used at a time.
     *
     * @param logits numbers of logits
     * @param expanded elements of a half-precision head as float32
     */
    record Limits(int logits, int expanded) {
        static final Limits DEFAULT = new Limits(1 << 24, 1 << 22);
    }

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
        return apply(tape, x, head, targets, scale, Limits.DEFAULT);
    }

    static double apply(Tape tape, Variable x, Weight head, int[] targets, float scale, Limits limits) {
        Tensor hidden = x.value();
        int tokens = hidden.rows();
        Tensor dHidden = x.needsGradient() ? tape.newGradient(x) : null;
        int parts = Math.toIntExact(ceilDivide((long) tokens * head.rows(), limits.logits()));
        double loss = 0;
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) tokens * part / parts);
            int to = (int) ((long) tokens * (part + 1) / parts);
            if (from < to) {
                Arena.Mark scratch = tape.arena().mark();
                Tensor gradient = dHidden == null ? null : dHidden.rows(from, to);
                loss += ofPart(
                        tape,
                        hidden.rows(from, to),
                        gradient,
                        head,
                        Arrays.copyOfRange(targets, from, to),
                        scale,
                        limits);
                tape.arena().release(scratch);
            }
        }
        return loss;
    }

    private static double ofPart(
            Tape tape, Tensor hidden, Tensor dHidden, Weight head, int[] targets, float scale, Limits limits) {
        Kernels kernels = tape.kernels();
        int vocabulary = head.rows();
        int block = head.plain().isPresent()
                ? vocabulary
                : Math.max(1, Math.min(vocabulary, limits.expanded() / head.columns()));
        // Transposed logits: a block of the vocabulary is then whole rows, and half-precision heads are expanded by
        // blocks.
        Tensor logits = tape.arena().take(vocabulary, hidden.rows());
        for (int from = 0; from < vocabulary; from += block) {
            int to = Math.min(vocabulary, from + block);
            Arena.Mark scratch = tape.arena().mark();
            Tensor rows = expanded(tape, head, from, to);
            kernels.matmul(rows, PLAIN, hidden, TRANSPOSED, logits.rows(from, to), 1f, 0f);
            tape.arena().release(scratch);
        }
        double loss = kernels.crossEntropy(logits, targets, scale);
        for (int from = 0; dHidden != null && from < vocabulary; from += block) {
            int to = Math.min(vocabulary, from + block);
            Arena.Mark scratch = tape.arena().mark();
            Tensor rows = expanded(tape, head, from, to);
            kernels.matmul(logits.rows(from, to), TRANSPOSED, rows, PLAIN, dHidden, 1f, from == 0 ? 0f : 1f);
            tape.arena().release(scratch);
        }
        return loss;
    }

    private static Tensor expanded(Tape tape, Weight head, int from, int to) {
        return head.plain().map(plain -> plain.rows(from, to)).orElseGet(() -> {
            Tensor expanded = tape.arena().take(to - from, head.columns());
            tape.kernels().expand(head, from, to, expanded);
            return expanded;
        });
    }

    private static long ceilDivide(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
