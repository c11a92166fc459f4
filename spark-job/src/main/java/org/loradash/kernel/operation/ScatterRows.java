package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedRows;
import org.loradash.kernel.portable.PortableRows;

/**
 * out row indices[i] += x row i; the backward of {@link GatherRows}. It is not cut: an index that comes twice must not be
 * two threads' at once.
 */
public record ScatterRows(Tensor x, int[] indices, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.changes("out", out, x.size()).dense();
        Account.same("x", x.rows(), x.columns(), indices.length, out.columns());
        Account.below("indices", indices, out.rows());
        account.computes(x.size());
    }

    @Override
    public double fused(Scratch scratch) {
        FusedRows.scatter(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableRows.scatter(this);
        return 0;
    }
}
