package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedColumns;
import org.loradash.kernel.portable.PortableColumns;

/** out[:, from .. from + x.columns) = alpha * x. */
public record WriteColumns(Tensor x, float alpha, Tensor out, int from) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.writes("out", out, x.size()).dense();
        Columns.check(out, from, x);
        account.computes(x.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                x.rows(),
                x.columns(),
                (begin, end) -> new WriteColumns(x.rows(begin, end), alpha, out.rows(begin, end), from));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedColumns.write(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableColumns.write(this);
        return 0;
    }
}
