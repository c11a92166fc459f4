package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/**
 * AdamW's moments and step as PyTorch computes them, without the decay: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 -
 * beta2) g^2, and in place of g: rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
public record Adam(Tensor gradient, Tensor m, Tensor v, Step step) implements Operation {
    @Override
    public void account(Account account) {
        account.changes("gradient", gradient).dense();
        account.changes("m", m).dense().like(gradient);
        account.changes("v", v).dense().like(gradient).computes(12 * gradient.size());
    }

    @Override
    public Cut cut() {
        return Cut.elements(
                gradient,
                (from, to) -> new Adam(
                        gradient.window(from, 1, to - from),
                        m.window(from, 1, to - from),
                        v.window(from, 1, to - from),
                        step));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedElements.adam(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableElements.adam(this);
        return 0;
    }

    /** @param t this step's number, from 1 */
    public record Step(double rate, double beta1, double beta2, double epsilon, int t) {}
}
