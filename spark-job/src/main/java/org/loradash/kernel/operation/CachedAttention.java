package org.loradash.kernel.operation;

import java.util.function.UnaryOperator;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedCachedAttention;
import org.loradash.kernel.portable.PortableAttention;

/**
 * Attention of the newest tokens of sequences to all of their tokens so far, themselves included, whose keys and values lie
 * in a cache: out = softmax(scores) v. Q and out may have gaps.
 *
 * @param q T x (heads * d): the newest tokens of each sequence, one at least, sequences end to end
 * @param out T x (heads * d)
 */
public record CachedAttention(Tensor q, AttentionShape shape, CachedKeys cache, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        shape.check(q);
        shape.checkSequences();
        int[][] slots = cache.slots();
        int[] lengths = cache.lengths();
        if (slots.length != shape.sequences() || lengths.length != slots.length) {
            throw new IllegalArgumentException("slots, lengths: of %d and %d sequences (must be of %d)"
                    .formatted(slots.length, lengths.length, shape.sequences()));
        }
        int d = q.columns() / shape.heads();
        int capacity = CachedKeys.slotsOf(cache.keys(), shape.keyHeads(), d);
        long pairs = 0;
        long cached = 0;
        for (int i = 0; i < slots.length; i++) {
            int newest = shape.length(i);
            if (lengths[i] < newest || lengths[i] > slots[i].length) {
                throw new IllegalArgumentException("length: %d (must be from %d, the newest tokens, to %d, the slots)"
                        .formatted(lengths[i], newest, slots[i].length));
            }
            Account.below("slots", slots[i], lengths[i], capacity);
            for (int query = lengths[i] - newest; query < lengths[i]; query++) {
                pairs += shape.reach().end(query, lengths[i]) - shape.reach().first(query);
            }
            cached += lengths[i];
        }
        account.reads("q", q);
        account.reads("keys", cache.keys(), cached * shape.keyHeads() * d).dense();
        account.reads("values", cache.values(), cached * shape.keyHeads() * d)
                .dense()
                .like(cache.keys());
        account.writes("out", out).like(q).computes(2 * 2 * pairs * q.columns());
    }

    @Override
    public Cut cut() {
        int keyHeads = shape.keyHeads();
        return new Cut(shape.sequences() * keyHeads, part -> part(part / keyHeads, part % keyHeads));
    }

    private CachedAttention part(int sequence, int keyHead) {
        Forest forest = shape.forest();
        int width = q.columns() / shape.keyHeads();
        UnaryOperator<Tensor> own = x ->
                x.rows(forest.start(sequence), forest.end(sequence)).columns(keyHead * width, (keyHead + 1) * width);
        return new CachedAttention(
                own.apply(q),
                shape.ofKeyHead(sequence),
                cache.part(sequence, keyHead, shape.keyHeads()),
                own.apply(out));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedCachedAttention.forward(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableAttention.cached(this);
        return 0;
    }
}
