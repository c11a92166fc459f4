package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/**
 * Inverted dropout (out = 0 with the given probability, else x / (1 - probability)) whose mask is a pure function of (seed,
 * row, column): the same operation on the gradient is its backward. Both providers make the same mask. As in PyTorch,
 * whose mask is multiplied with, what is not finite becomes no zero: it is no number where it is dropped.
 *
 * @param out may be x
 * @param firstRow the number of x's first row in the whole that the mask is for
 */
public record Drop(Tensor x, long seed, int firstRow, float probability, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("x", x).dense();
        account.writes("out", out).dense().mayReplace(x);
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("probability: %s (must be from 0 to below 1)".formatted(probability));
        }
        account.like(x).computes(x.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                x.rows(),
                x.columns(),
                (from, to) -> new Drop(x.rows(from, to), seed, firstRow + from, probability, out.rows(from, to)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedElements.dropout(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableElements.dropout(this);
        return 0;
    }
}
