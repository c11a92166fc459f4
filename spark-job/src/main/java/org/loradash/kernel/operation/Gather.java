package org.loradash.kernel.operation;

import java.util.Arrays;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.fused.FusedWeights;
import org.loradash.kernel.portable.PortableWeights;

/** out (T x columns) row i = row indices[i] of the table, as float32. */
public record Gather(Weight table, int[] indices, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.writes("out", out)
                .dense()
                .shape(indices.length, table.columns())
                .reads(table, out.size());
        Account.below("indices", indices, table.rows());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                indices.length,
                table.columns(),
                (from, to) -> new Gather(table, Arrays.copyOfRange(indices, from, to), out.rows(from, to)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedWeights.gather(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableWeights.gather(this);
        return 0;
    }
}
