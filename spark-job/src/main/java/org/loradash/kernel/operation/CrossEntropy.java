package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedLoss;
import org.loradash.kernel.portable.PortableLoss;

/**
 * Cross-entropy of n rows with its gradient in place; it gives the sum of -log softmax(target) over all targets, each as often
 * as it is wanted, unscaled.
 *
 * @param logits n x vocabulary; becomes scale * (weight * softmax - the sum of the targets' onehots) in each row, weight being
 *     the number of its targets, and where a {@link SoftCap} has made them, times its slope 1 - (logit / cap)^2: the gradient
 *     of what was capped
 * @param targets of the n rows
 * @param cap of the logits; infinite where they have none
 */
public record CrossEntropy(Tensor logits, Targets targets, float scale, float cap) implements Operation {
    /** Of one token a row and logits without a cap. */
    public CrossEntropy(Tensor logits, int[] targets, float scale) {
        this(logits, Targets.single(targets), scale, Float.POSITIVE_INFINITY);
    }

    public boolean isCapped() {
        return cap < Float.POSITIVE_INFINITY;
    }

    @Override
    public void account(Account account) {
        account.changes("logits", logits).dense().shape(targets.rows(), logits.columns());
        Account.below("targets", targets.tokens(), logits.columns());
        account.computes(5 * logits.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                logits.rows(),
                logits.columns(),
                (from, to) -> new CrossEntropy(logits.rows(from, to), targets.rows(from, to), scale, cap));
    }

    @Override
    public double fused(Scratch scratch) {
        return FusedLoss.crossEntropy(this, scratch);
    }

    @Override
    public double portable() {
        return PortableLoss.crossEntropy(this);
    }
}
