package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedAttention;
import org.loradash.kernel.portable.PortableAttention;

/** Attention of tokens to each other (arXiv 1706.03762), with grouped queries (arXiv 2305.13245). */
public final class Attention {
    private Attention() {}

    /**
     * out = softmax(scores) v, the scores being those of {@link AttentionShape}. All may have gaps.
     *
     * @param q T x (heads * d)
     * @param k T x (keyHeads * d), v likewise
     * @param out T x (heads * d)
     * @param logSumExp T x heads, log of the softmax's denominator, kept for the backward
     */
    public record Forward(Tensor q, Tensor k, Tensor v, AttentionShape shape, Tensor out, Tensor logSumExp)
            implements Operation {
        @Override
        public void account(Account account) {
            shape.check(q);
            account.reads("q", q);
            account.reads("k", k).shape(q.rows(), q.columns() / shape.heads() * shape.keyHeads());
            account.reads("v", v).like(k);
            account.writes("out", out).like(q);
            account.writes("logSumExp", logSumExp).shape(q.rows(), shape.heads());
            account.computes(2 * 2 * shape.pairs() * q.columns());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    shape.parts(),
                    part -> new Forward(
                            shape.part(q, part),
                            shape.part(k, part),
                            shape.part(v, part),
                            shape.part(part),
                            shape.part(out, part),
                            shape.part(logSumExp, part)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedAttention.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableAttention.forward(this);
            return 0;
        }
    }

    /** dq = ..., dk = ..., dv = ... (overwritten), given dOut and what the forward saw and made. All may have gaps. */
    public record Backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            AttentionShape shape,
            Tensor dq,
            Tensor dk,
            Tensor dv)
            implements Operation {
        @Override
        public void account(Account account) {
            shape.check(q);
            account.reads("q", q);
            account.reads("k", k).shape(q.rows(), q.columns() / shape.heads() * shape.keyHeads());
            account.reads("v", v).like(k);
            account.reads("out", out).like(q);
            account.reads("logSumExp", logSumExp).shape(q.rows(), shape.heads());
            account.reads("dOut", dOut).like(q);
            account.writes("dq", dq).like(q);
            account.writes("dk", dk).like(k);
            account.writes("dv", dv).like(k);
            account.computes(5 * 2 * shape.pairs() * q.columns());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    shape.parts(),
                    part -> new Backward(
                            shape.part(dOut, part),
                            shape.part(q, part),
                            shape.part(k, part),
                            shape.part(v, part),
                            shape.part(out, part),
                            shape.part(logSumExp, part),
                            shape.part(part),
                            shape.part(dq, part),
                            shape.part(dk, part),
                            shape.part(dv, part)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedAttention.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableAttention.backward(this);
            return 0;
        }
    }
}
