package org.loradash.kernel.operation;

import java.util.Arrays;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedRows;
import org.loradash.kernel.portable.PortableRows;

/** out (n x columns) row i = row indices[i] of x. */
public record GatherRows(Tensor x, int[] indices, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x, out.size()).dense();
        account.writes("out", out).dense().shape(indices.length, x.columns());
        Account.below("indices", indices, x.rows());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                indices.length,
                x.columns(),
                (from, to) -> new GatherRows(x, Arrays.copyOfRange(indices, from, to), out.rows(from, to)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedRows.gather(this);
        return 0;
    }

    @Override
    public double portable() {
        PortableRows.gather(this);
        return 0;
    }
}
