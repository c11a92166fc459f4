package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/** y += alpha * x, same shapes. */
public record Add(Tensor x, float alpha, Tensor y) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.changes("y", y).dense().like(x).computes(2 * x.size());
    }

    @Override
    public Cut cut() {
        return Cut.elements(
                x, (from, to) -> new Add(x.window(from, 1, to - from), alpha, y.window(from, 1, to - from)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedElements.add(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableElements.add(this);
        return 0;
    }
}
