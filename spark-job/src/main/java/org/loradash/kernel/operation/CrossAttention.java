package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedCrossAttention;
import org.loradash.kernel.portable.PortableCrossAttention;

/** Attention of one sequence to all of another (arXiv 1706.03762). */
public final class CrossAttention {
    private CrossAttention() {}

    /**
     * out = softmax(scale q k^T) v in each head. All may have gaps.
     *
     * @param q T x (heads * d)
     * @param k L x (heads * d), v likewise
     * @param heads each with keys of its own
     * @param scale what products of queries and keys are multiplied by
     * @param out T x (heads * d)
     * @param logSumExp T x heads, log of the softmax's denominator, kept for the backward
     */
    public record Forward(Tensor q, Tensor k, Tensor v, int heads, float scale, Tensor out, Tensor logSumExp)
            implements Operation {
        @Override
        public void account(Account account) {
            check(q, heads);
            account.reads("q", q);
            account.reads("k", k).shape(k.rows(), q.columns());
            account.reads("v", v).like(k);
            account.writes("out", out).like(q);
            account.writes("logSumExp", logSumExp).shape(q.rows(), heads).computes(4 * q.size() * k.rows());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    heads,
                    head -> new Forward(
                            part(q, head, heads),
                            part(k, head, heads),
                            part(v, head, heads),
                            1,
                            scale,
                            part(out, head, heads),
                            part(logSumExp, head, heads)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedCrossAttention.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableCrossAttention.forward(this);
            return 0;
        }
    }

    /** dq = ..., dk = ..., dv = ... (overwritten), given dOut and what the forward saw and made. All may have gaps. */
    public record Backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            int heads,
            float scale,
            Tensor out,
            Tensor logSumExp,
            Tensor dq,
            Tensor dk,
            Tensor dv)
            implements Operation {
        @Override
        public void account(Account account) {
            check(q, heads);
            account.reads("dOut", dOut).like(q);
            account.reads("q", q);
            account.reads("k", k).shape(k.rows(), q.columns());
            account.reads("v", v).like(k);
            account.reads("out", out).like(q);
            account.reads("logSumExp", logSumExp).shape(q.rows(), heads);
            account.writes("dq", dq).like(q);
            account.writes("dk", dk).like(k);
            account.writes("dv", dv).like(k).computes(10 * q.size() * k.rows());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    heads,
                    head -> new Backward(
                            part(dOut, head, heads),
                            part(q, head, heads),
                            part(k, head, heads),
                            part(v, head, heads),
                            1,
                            scale,
                            part(out, head, heads),
                            part(logSumExp, head, heads),
                            part(dq, head, heads),
                            part(dk, head, heads),
                            part(dv, head, heads)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedCrossAttention.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableCrossAttention.backward(this);
            return 0;
        }
    }

    private static void check(Tensor q, int heads) {
        if (heads < 1 || q.columns() % heads != 0) {
            throw new IllegalArgumentException("heads: %d of %d columns (must divide)".formatted(heads, q.columns()));
        }
    }

    private static Tensor part(Tensor x, int head, int heads) {
        int d = x.columns() / heads;
        return x.columns(head * d, (head + 1) * d);
    }
}
