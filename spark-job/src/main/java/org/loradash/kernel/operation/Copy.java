package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/** y = x, same shapes. */
public record Copy(Tensor x, Tensor y) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.writes("y", y).dense().like(x);
    }

    @Override
    public Cut cut() {
        return Cut.elements(x, (from, to) -> new Copy(x.window(from, 1, to - from), y.window(from, 1, to - from)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedElements.copy(this);
        return 0;
    }

    @Override
    public double portable() {
        PortableElements.copy(this);
        return 0;
    }
}
