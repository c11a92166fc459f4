package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedLoss;
import org.loradash.kernel.portable.PortableLoss;

/** out (T x 1) = log(sum(e^x)) over each row of x. */
public record LogSumExp(Tensor x, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.writes("out", out).dense().shape(x.rows(), 1).computes(3 * x.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(x.rows(), x.columns(), (from, to) -> new LogSumExp(x.rows(from, to), out.rows(from, to)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedLoss.logSumExp(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableLoss.logSumExp(this);
        return 0;
    }
}
