package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedRows;
import org.loradash.kernel.portable.PortableRows;

/**
 * Every row of out = row: a bias, before a product is added.
 *
 * @param row 1 x d
 * @param out n x d
 */
public record RepeatRow(Tensor row, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("row", row).shape(1, out.columns());
        account.writes("out", out).dense();
    }

    @Override
    public Cut cut() {
        return Cut.rows(out.rows(), out.columns(), (from, to) -> new RepeatRow(row, out.rows(from, to)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedRows.repeat(this);
        return 0;
    }

    @Override
    public double portable() {
        PortableRows.repeat(this);
        return 0;
    }
}
