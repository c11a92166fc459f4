package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.fused.FusedWeights;
import org.loradash.kernel.portable.PortableWeights;

/**
 * out (rows of the range x columns) = rows [from, to) of the weight, as float32.
 */
public record Expand(Weight weight, int from, int to, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.writes("out", out).dense();
        if (from < 0 || to < from || to > weight.rows()) {
            throw new IllegalArgumentException(
                    "rows: [%d, %d) (must lie within %d)".formatted(from, to, weight.rows()));
        }
        account.shape(to - from, weight.columns()).reads(weight, out.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                to - from,
                weight.columns(),
                (begin, end) -> new Expand(weight, from + begin, from + end, out.rows(begin, end)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedWeights.expand(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableWeights.expand(this);
        return 0;
    }
}
