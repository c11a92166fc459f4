package org.loradash.kernel.operation;

import java.util.Arrays;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedRows;
import org.loradash.kernel.portable.PortableRows;

/**
 * Rotary position embedding in place (arXiv 2104.09864, the half-split layout of LLaMA in transformers): for every head of
 * width d and i below d/2, (x_i, x_{i+d/2}) turns by the angle of (position, i).
 *
 * @param x T x (heads * d), may have gaps
 * @param cosines positions x d/2, sines likewise
 * @param positions T positions, each below the tables' rows
 */
public record Rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Direction direction)
        implements Operation {
    @Override
    public void account(Account account) {
        account.reads("cosines", cosines, x.size() / 2);
        account.reads("sines", sines, x.size() / 2).like(cosines);
        account.changes("x", x).shape(positions.length, 2 * heads * cosines.columns());
        Account.below("positions", positions, cosines.rows());
        account.computes(3 * x.size());
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                x.rows(),
                x.columns(),
                (from, to) -> new Rotate(
                        x.rows(from, to), heads, cosines, sines, Arrays.copyOfRange(positions, from, to), direction));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedRows.rotate(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableRows.rotate(this);
        return 0;
    }

    /** Which way it turns: the backward of a rotation is the inverse one. */
    public enum Direction {
        FORWARD,
        INVERSE
    }
}
