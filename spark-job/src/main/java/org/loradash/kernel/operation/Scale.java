package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/** x *= factor. */
public record Scale(Tensor x, float factor) implements Operation {
    @Override
    public void account(Account account) {
        account.changes("x", x).dense().computes(x.size());
    }

    @Override
    public Cut cut() {
        return Cut.elements(x, (from, to) -> new Scale(x.window(from, 1, to - from), factor));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedElements.scale(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableElements.scale(this);
        return 0;
    }
}
