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
 * Puts keys or values of tokens into a cache.
 *
 * @param x n x (keyHeads * d), may have gaps
 * @param slots n different ones
 * @param cache (keyHeads * slots) x d, one key head's slots behind another's
 */
public record WriteSlots(Tensor x, int[] slots, int keyHeads, Tensor cache) implements Operation {
    @Override
    public void account(Account account) {
        account.writes("cache", cache, x.size()).dense();
        account.reads("x", x).shape(slots.length, keyHeads * cache.columns());
        Account.below("slots", slots, CachedKeys.slotsOf(cache, keyHeads, cache.columns()));
    }

    @Override
    public Cut cut() {
        return Cut.rows(
                x.rows(),
                x.columns(),
                (from, to) -> new WriteSlots(x.rows(from, to), Arrays.copyOfRange(slots, from, to), keyHeads, cache));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedRows.writeSlots(this);
        return 0;
    }

    @Override
    public double portable() {
        PortableRows.writeSlots(this);
        return 0;
    }
}
