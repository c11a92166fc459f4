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
 * Rotary position embedding in place (arXiv 2104.09864, the half-split layout of LLaMA in transformers): for every head and
 * i below h, (x_i, x_{i+h}) turns by the angle of (position, i). What a head has beyond the first 2h stays.
 *
 * @param x T x (heads * d), may have gaps; d is at least 2h
 * @param cosines positions x h, sines likewise; both may have a common factor, which then stretches what turns
 * @param positions T positions, each below the tables' rows
 */
public record Rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Direction direction)
        implements Operation {
    @Override
    public void account(Account account) {
        int half = cosines.columns();
        if (heads < 1 || x.columns() % heads != 0 || x.columns() / heads < 2 * half) {
            throw new IllegalArgumentException("x: %d columns of %d heads (must be a multiple, of at least %d each)"
                    .formatted(x.columns(), heads, 2 * half));
        }
        long turning = (long) x.rows() * heads * half;
        account.reads("cosines", cosines, (long) x.rows() * half);
        account.reads("sines", sines, (long) x.rows() * half).like(cosines);
        account.changes("x", x, 2 * turning).shape(positions.length, x.columns());
        Account.below("positions", positions, cosines.rows());
        account.computes(6 * turning);
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

    /** A map or its transpose, which is its backward: of a rotation that is the inverse. */
    public enum Direction {
        FORWARD,
        TRANSPOSED
    }
}
