package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedCrossAttention;
import org.loradash.kernel.portable.PortableAttention;

/**
 * Attention of one sequence to all of another (arXiv 1706.03762): out = softmax(scale q k^T) v in each head. All may have gaps.
 *
 * @param q T x (heads * d)
 * @param k L x (heads * d), v likewise
 * @param heads each with keys of its own
 * @param scale what products of queries and keys are multiplied by
 * @param out T x (heads * d)
 */
public record CrossAttention(Tensor q, Tensor k, Tensor v, int heads, float scale, Tensor out) implements Operation {
    @Override
    public void account(Account account) {
        if (heads < 1 || q.columns() % heads != 0) {
            throw new IllegalArgumentException("heads: %d of %d columns (must divide)".formatted(heads, q.columns()));
        }
        account.reads("q", q);
        account.reads("k", k).shape(k.rows(), q.columns());
        account.reads("v", v).like(k);
        account.writes("out", out).like(q).computes(4 * q.size() * k.rows());
    }

    @Override
    public Cut cut() {
        int d = q.columns() / heads;
        return new Cut(
                heads,
                head -> new CrossAttention(
                        q.columns(head * d, (head + 1) * d),
                        k.columns(head * d, (head + 1) * d),
                        v.columns(head * d, (head + 1) * d),
                        1,
                        scale,
                        out.columns(head * d, (head + 1) * d)));
    }

    @Override
    public double fused(Scratch scratch) {
        FusedCrossAttention.forward(this, scratch);
        return 0;
    }

    @Override
    public double portable() {
        PortableAttention.cross(this);
        return 0;
    }
}
