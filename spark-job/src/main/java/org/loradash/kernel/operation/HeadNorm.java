package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedNorms;
import org.loradash.kernel.portable.PortableNorms;

/**
 * Root mean square normalisation (arXiv 1910.07467) of equal parts of each row, such as the heads of queries (arXiv
 * 2010.04245), all with one weight. The rows may have gaps.
 */
public final class HeadNorm {
    private HeadNorm() {}

    /**
     * out = x * inverse * weight with inverse = 1 / sqrt(mean(x^2) + epsilon) over each part.
     *
     * @param x T x (parts * d)
     * @param weight 1 x d
     * @param out T x (parts * d)
     * @param inverse T x parts, kept for the backward
     */
    public record Forward(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).shape(x.rows(), inverse.columns() * weight.columns());
            account.reads("weight", weight).shape(1, weight.columns());
            account.writes("out", out).like(x);
            account.writes("inverse", inverse).dense().shape(x.rows(), inverse.columns());
            account.computes(4 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    x.rows(),
                    x.columns(),
                    (from, to) ->
                            new Forward(x.rows(from, to), weight, epsilon, out.rows(from, to), inverse.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedNorms.heads(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.heads(this);
            return 0;
        }
    }

    /**
     * In place: dOut becomes the gradient of x, inverse * (dOut * weight - xhat * mean(dOut * weight * xhat)) over each part,
     * xhat = x * inverse.
     */
    public record Backward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse) implements Operation {
        @Override
        public void account(Account account) {
            account.changes("dOut", dOut).like(x);
            account.reads("x", x).shape(x.rows(), inverse.columns() * weight.columns());
            account.reads("weight", weight).shape(1, weight.columns());
            account.reads("inverse", inverse).dense().shape(x.rows(), inverse.columns());
            account.computes(8 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    x.rows(),
                    x.columns(),
                    (from, to) -> new Backward(dOut.rows(from, to), x.rows(from, to), weight, inverse.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedNorms.headsBackward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.headsBackward(this);
            return 0;
        }
    }
}
