package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedActivations;
import org.loradash.kernel.portable.PortableActivations;

/** x becomes cap * tanh(x / cap), as logits do in Gemma 2 (arXiv 2408.00118). */
public record SoftCap(Tensor x, float cap) implements Operation {
    @Override
    public void account(Account account) {
        account.changes("x", x).dense().computes(20 * x.size());
    }

    @Override
    public Cut cut() {
        return Cut.elements(x, (from, to) -> new SoftCap(x.window(from, 1, to - from), cap));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedActivations.softCap(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableActivations.softCap(this);
        return 0;
    }
}
