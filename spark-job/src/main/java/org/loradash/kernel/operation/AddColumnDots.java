package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedColumns;
import org.loradash.kernel.portable.PortableColumns;

/**
 * out[j] += sum over rows i of x[i, from + j] * y[i, j]; y is rows x s, out 1 x s. It is not cut: sums over all rows, of a
 * few columns, are not worth parts that would have to be added.
 */
public record AddColumnDots(Tensor x, int from, Tensor y, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x, y.size()).dense();
        account.reads("y", y).dense();
        account.changes("out", out).dense();
        Columns.check(x, from, y);
        account.shape(1, y.columns()).computes(2 * y.size());
    }

    @Override
    public double fused(Scratch scratch) {
        FusedColumns.addDots(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableColumns.addDots(this);
        return 0;
    }
}
