package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedLoss;
import org.loradash.kernel.portable.PortableLoss;

/**
 * The squared errors of n values with their gradient in place; it gives the sum of (value - target)^2, unscaled. It is not
 * cut: it is nothing beside what made the values.
 *
 * @param values of n elements; each becomes 2 * scale * (value - target)
 * @param targets n numbers, row by row
 */
public record SquaredError(Tensor values, float[] targets, float scale) implements Operation {
    @Override
    public void account(Account account) {
        account.changes("values", values).dense();
        Account.same("elements", Math.toIntExact(values.size()), 1, targets.length, 1);
        account.computes(5L * targets.length);
    }

    @Override
    public double fused(Scratch scratch) {
        return FusedLoss.squaredError(this);
    }

    @Override
    public double portable() {
        return PortableLoss.squaredError(this);
    }
}
