package org.loradash.kernel.operation;

import java.util.Arrays;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedLoss;
import org.loradash.kernel.portable.PortableLoss;

/**
 * Cross-entropy of n tokens with its gradient in place; it gives the sum over the tokens of -log softmax(target), unscaled.
 *
 * @param logits n x vocabulary; becomes scale * (softmax - onehot(target)) in each row, and where a {@link SoftCap} has made
 *     them, times its slope 1 - (logit / cap)^2: the gradient of what was capped
 * @param targets n token indices
 * @param cap of the logits; infinite where they have none
 */
public record CrossEntropy(Tensor logits, int[] targets, float scale, float cap) implements Operation {
    /** Of logits without a cap. */
    public CrossEntropy(Tensor logits, int[] targets, float scale) {
        this(logits, targets, scale, Float.POSITIVE_INFINITY);
    }

    public boolean isCapped() {
        return cap < Float.POSITIVE_INFINITY;
    }

    @Override
    public void account(Account account) {
        account.changes("logits", logits).dense().shape(targets.length, logits.columns());
        Account.below("targets", targets, logits.columns());
        account.computes(5 * logits.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                logits.rows(),
                logits.columns(),
                (from, to) ->
                        new CrossEntropy(logits.rows(from, to), Arrays.copyOfRange(targets, from, to), scale, cap));
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
