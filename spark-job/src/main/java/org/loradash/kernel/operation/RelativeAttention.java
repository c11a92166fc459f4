package org.loradash.kernel.operation;

import java.util.Optional;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedRelativeAttention;
import org.loradash.kernel.portable.PortableRelativeAttention;

/**
 * Attention both ways to contents and to distances (the disentangled attention of DeBERTa, arXiv 2006.03654): the score of
 * query i and key j is scale * (q_i k_j + q_i K_t + k_j Q_t), t being the row that their distance i - j has in the relative
 * keys K and the relative queries Q. A term whose tensor is absent is left out.
 */
public final class RelativeAttention {
    private RelativeAttention() {}

    /**
     * What stands for distances, n rows x (heads * d) each; all may have gaps.
     *
     * @param keys that queries meet
     * @param queries that keys meet
     */
    public record Relative(Optional<Tensor> keys, Optional<Tensor> queries) {
        private Relative head(AttentionShape shape, int head) {
            return new Relative(keys.map(x -> shape.columnsOf(head, x)), queries.map(x -> shape.columnsOf(head, x)));
        }

        /** How many there are of the two. */
        private int count() {
            return (keys.isPresent() ? 1 : 0) + (queries.isPresent() ? 1 : 0);
        }
    }

    /**
     * out = softmax(scores) v. All may have gaps.
     *
     * @param q T x (heads * d), k and v likewise
     * @param rows of the relative tensors, of every distance from 1 - longest sequence to longest sequence - 1
     * @param shape both ways, with as many key heads as heads
     * @param out T x (heads * d)
     * @param logSumExp T x heads, log of the softmax's denominator, kept for the backward
     */
    public record Forward(
            Tensor q,
            Tensor k,
            Tensor v,
            Relative relative,
            int[] rows,
            AttentionShape shape,
            Tensor out,
            Tensor logSumExp)
            implements Operation {
        @Override
        public void account(Account account) {
            check(q, relative, rows, shape);
            account.reads("q", q);
            account.reads("k", k).like(q);
            account.reads("v", v).like(q);
            relative.keys().ifPresent(x -> account.reads("relative keys", x).shape(x.rows(), q.columns()));
            relative.queries()
                    .ifPresent(x -> account.reads("relative queries", x).shape(x.rows(), q.columns()));
            account.writes("out", out).like(q);
            account.writes("logSumExp", logSumExp).shape(q.rows(), shape.heads());
            account.computes((2 + relative.count()) * 2 * shape.pairs() * q.columns());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    shape.heads(),
                    head -> new Forward(
                            shape.columnsOf(head, q),
                            shape.columnsOf(head, k),
                            shape.columnsOf(head, v),
                            relative.head(shape, head),
                            rows,
                            shape.head(),
                            shape.columnsOf(head, out),
                            shape.columnsOf(head, logSumExp)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedRelativeAttention.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableRelativeAttention.forward(this);
            return 0;
        }
    }

    /**
     * dq, dk, dv = ... (overwritten) and dRelative += ..., given dOut and what the forward saw and made. All may have gaps.
     *
     * @param dRelative like relative; what is absent is not computed
     */
    public record Backward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Relative relative,
            int[] rows,
            AttentionShape shape,
            Tensor out,
            Tensor logSumExp,
            Tensor dq,
            Tensor dk,
            Tensor dv,
            Relative dRelative)
            implements Operation {
        @Override
        public void account(Account account) {
            check(q, relative, rows, shape);
            account.reads("q", q);
            account.reads("k", k).like(q);
            account.reads("v", v).like(q);
            account.reads("out", out).like(q);
            account.reads("logSumExp", logSumExp).shape(q.rows(), shape.heads());
            account.reads("dOut", dOut).like(q);
            account.writes("dq", dq).like(q);
            account.writes("dk", dk).like(q);
            account.writes("dv", dv).like(q);
            relative.keys().ifPresent(x -> account.reads("relative keys", x).shape(x.rows(), q.columns()));
            relative.queries()
                    .ifPresent(x -> account.reads("relative queries", x).shape(x.rows(), q.columns()));
            dRelative.keys().ifPresent(x -> account.changes("d relative keys", x)
                    .like(relative.keys().orElseThrow()));
            dRelative.queries().ifPresent(x -> account.changes("d relative queries", x)
                    .like(relative.queries().orElseThrow()));
            int products = 5 + 2 * relative.count() + dRelative.count();
            account.computes(products * 2 * shape.pairs() * q.columns());
        }

        @Override
        public Cut cut() {
            return new Cut(
                    shape.heads(),
                    head -> new Backward(
                            shape.columnsOf(head, dOut),
                            shape.columnsOf(head, q),
                            shape.columnsOf(head, k),
                            shape.columnsOf(head, v),
                            relative.head(shape, head),
                            rows,
                            shape.head(),
                            shape.columnsOf(head, out),
                            shape.columnsOf(head, logSumExp),
                            shape.columnsOf(head, dq),
                            shape.columnsOf(head, dk),
                            shape.columnsOf(head, dv),
                            dRelative.head(shape, head)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedRelativeAttention.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableRelativeAttention.backward(this);
            return 0;
        }
    }

    private static void check(Tensor q, Relative relative, int[] rows, AttentionShape shape) {
        shape.check(q);
        if (shape.keyHeads() != shape.heads() || !shape.reach().equals(Reach.BOTH_WAYS) || shape.isCapped()) {
            throw new IllegalArgumentException(
                    "shape: %d key heads for %d heads, %s, cap %s (must be as many, both ways, uncapped)"
                            .formatted(shape.keyHeads(), shape.heads(), shape.reach(), shape.cap()));
        }
        if (rows.length != 2 * shape.longest() - 1) {
            throw new IllegalArgumentException(
                    "rows: of %d distances (must be of %d)".formatted(rows.length, 2 * shape.longest() - 1));
        }
        relative.keys().ifPresent(x -> Account.below("rows", rows, x.rows()));
        relative.queries().ifPresent(x -> Account.below("rows", rows, x.rows()));
    }
}
