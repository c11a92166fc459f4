package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedNorms;
import org.loradash.kernel.portable.PortableNorms;

/** Root mean square normalisation of rows (arXiv 1910.07467). */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * out = x * inverse * weight with inverse = 1 / sqrt(mean(x^2) + epsilon) over each row.
     *
     * @param x T x d
     * @param weight 1 x d
     * @param out T x d
     * @param inverse T x 1, kept for the backward
     */
    public record Forward(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse) implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).dense();
            account.reads("weight", weight).shape(1, x.columns());
            account.writes("out", out).dense().like(x);
            account.writes("inverse", inverse).dense().shape(x.rows(), 1).computes(4 * x.size());
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
            FusedNorms.rms(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.rms(this);
            return 0;
        }
    }

    /**
     * dx (T x d) += inverse * (dOut * weight - xhat * mean(dOut * weight * xhat)), xhat = x * inverse. Then dOut becomes
     * what the forward made, xhat * weight, so that it need not be kept.
     */
    public record Backward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx) implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).dense();
            account.changes("dOut", dOut).dense().like(x);
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("inverse", inverse).dense().shape(x.rows(), 1);
            account.changes("dx", dx).dense().like(x).computes(9 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    x.rows(),
                    x.columns(),
                    (from, to) -> new Backward(
                            dOut.rows(from, to), x.rows(from, to), weight, inverse.rows(from, to), dx.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedNorms.rmsBackward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.rmsBackward(this);
            return 0;
        }
    }
}
