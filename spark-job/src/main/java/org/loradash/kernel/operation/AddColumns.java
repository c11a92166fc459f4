package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedColumns;
import org.loradash.kernel.portable.PortableColumns;

/** out += alpha * x[:, from .. from + out.columns). */
public record AddColumns(Tensor x, int from, float alpha, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x, out.size()).dense();
        account.changes("out", out).dense();
        Columns.check(x, from, out);
        account.computes(2 * out.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                out.rows(),
                out.columns(),
                (begin, end) -> new AddColumns(x.rows(begin, end), from, alpha, out.rows(begin, end)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedColumns.add(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableColumns.add(this);
        return 0;
    }
}
