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
 * @param logits n x vocabulary; becomes scale * (softmax - onehot(target)) in each row
 * @param targets n token indices
 */
public record CrossEntropy(Tensor logits, int[] targets, float scale) implements Operation {
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
                (from, to) -> new CrossEntropy(logits.rows(from, to), Arrays.copyOfRange(targets, from, to), scale));
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
