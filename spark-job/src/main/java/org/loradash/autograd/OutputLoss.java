package org.loradash.autograd;

import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.Targets;

/**
 * The output layer and its cross-entropy, fused: logits exist for a few tokens at a time, and become their own gradient
 * before the next ones are made.
 */
public final class OutputLoss {
    private OutputLoss() {}

    /** Logits that exist at a time: 128 MiB. */
    private static final int LOGITS = 1 << 25;

    /** What makes logits of hidden states: a frozen weight, or one that is trained whole. */
    private sealed interface Head {
        int vocabulary();

        void logits(Tape tape, Tensor hidden, Tensor logits);

        /** dHidden = dLogits w + keep * dHidden. */
        void backward(Tape tape, Tensor dLogits, Tensor dHidden, float keep);

        /** The weight's own gradient += dLogits^T hidden, where it is trained. */
        void train(Tape tape, Tensor dLogits, Tensor hidden);
    }

    private record Frozen(Weight weight) implements Head {
        @Override
        public int vocabulary() {
            return weight.rows();
        }

        @Override
        public void logits(Tape tape, Tensor hidden, Tensor logits) {
            WeightProduct.forward(tape, hidden, weight, logits);
        }

        @Override
        public void backward(Tape tape, Tensor dLogits, Tensor dHidden, float keep) {
            WeightProduct.backward(tape, dLogits, weight, dHidden, keep);
        }

        @Override
        public void train(Tape tape, Tensor dLogits, Tensor hidden) {}
    }

    private record Trained(Parameter weight) implements Head {
        @Override
        public int vocabulary() {
            return weight.value().rows();
        }

        @Override
        public void logits(Tape tape, Tensor hidden, Tensor logits) {
            tape.kernels().run(new MatrixProduct(hidden, PLAIN, weight.value(), TRANSPOSED, logits, 1f, 0f));
        }

        @Override
        public void backward(Tape tape, Tensor dLogits, Tensor dHidden, float keep) {
            tape.kernels().run(new MatrixProduct(dLogits, PLAIN, weight.value(), PLAIN, dHidden, 1f, keep));
        }

        @Override
        public void train(Tape tape, Tensor dLogits, Tensor hidden) {
            if (tape.trains(weight)) {
                tape.kernels().run(new MatrixProduct(dLogits, TRANSPOSED, hidden, PLAIN, weight.gradient(), 1f, 1f));
            }
        }
    }

    /**
     * Ends a forward pass: gives x its gradient, or adds it to that of another loss.
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

    /**
     * The same with a head that is trained whole: adds to its gradient dLogits^T x, unless the tape is of a forward pass alone.
     *
     * @param head vocabulary x d
     */
    public static double apply(Tape tape, Variable x, Parameter head, int[] targets, float scale) {
        return apply(tape, x, head, targets, scale, LOGITS);
    }

    /**
     * The same of rows that predict several tokens each, and of logits that become cap * tanh(logit / cap).
     *
     * @param targets of the n rows
     * @param scale of each target's loss in the gradient, as often as it is wanted
     * @param cap infinite where they stay
     * @return the sum of all targets' losses, unscaled
     */
    public static double capped(Tape tape, Variable x, Weight head, Targets targets, float scale, float cap) {
        return apply(tape, x, new Frozen(head), targets, scale, cap, LOGITS);
    }

    /** That with a head that is trained whole. */
    public static double capped(Tape tape, Variable x, Parameter head, Targets targets, float scale, float cap) {
        return apply(tape, x, new Trained(head), targets, scale, cap, LOGITS);
    }

    static double apply(Tape tape, Variable x, Weight head, int[] targets, float scale, int logitsAtOnce) {
        return apply(tape, x, new Frozen(head), Targets.single(targets), scale, Float.POSITIVE_INFINITY, logitsAtOnce);
    }

    static double apply(Tape tape, Variable x, Parameter head, int[] targets, float scale, int logitsAtOnce) {
        return apply(tape, x, new Trained(head), Targets.single(targets), scale, Float.POSITIVE_INFINITY, logitsAtOnce);
    }

    private static double apply(
            Tape tape, Variable x, Head head, Targets targets, float scale, float cap, int logitsAtOnce) {
        tape.checkOutsideBlocks("loss");
        Tensor hidden = x.read(tape);
        int tokens = hidden.rows();
        float keep = x.hasGradient() ? 1f : 0f;
        Tensor dHidden = null;
        if (x.needsGradient()) {
            dHidden = x.hasGradient() ? tape.gradientToAddTo(x) : tape.newGradient(x);
        }
        int parts = Math.toIntExact(ceilDivide((long) tokens * head.vocabulary(), logitsAtOnce));
        double loss = 0;
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) tokens * part / parts);
            int to = (int) ((long) tokens * (part + 1) / parts);
            if (from < to) {
                Arena.Mark scratch = tape.arena().mark();
                Tensor rows = hidden.rows(from, to);
                Tensor logits = tape.arena().take(to - from, head.vocabulary());
                head.logits(tape, rows, logits);
                if (cap < Float.POSITIVE_INFINITY) {
                    tape.kernels().run(new SoftCap(logits, cap));
                }
                loss += tape.kernels().run(new CrossEntropy(logits, targets.rows(from, to), scale, cap));
                if (dHidden != null) {
                    head.backward(tape, logits, dHidden.rows(from, to), keep);
                }
                head.train(tape, logits, rows);
                tape.arena().release(scratch);
            }
        }
        return loss;
    }

    private static long ceilDivide(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
