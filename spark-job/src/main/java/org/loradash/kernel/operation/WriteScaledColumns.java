package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedColumns;
import org.loradash.kernel.portable.PortableColumns;

/** out[:, from + j] = factors[j] * x[:, j] for every column j of x; factors is 1 x x.columns. */
public record WriteScaledColumns(Tensor x, Tensor factors, Tensor out, int from) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.writes("out", out, x.size()).dense();
        Columns.check(out, from, x);
        account.reads("factors", factors).shape(1, x.columns()).computes(x.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                x.rows(),
                x.columns(),
                (begin, end) -> new WriteScaledColumns(x.rows(begin, end), factors, out.rows(begin, end), from));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedColumns.writeScaled(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableColumns.writeScaled(this);
        return 0;
    }
}
