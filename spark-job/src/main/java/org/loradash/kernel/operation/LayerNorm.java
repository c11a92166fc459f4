package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedNorms;
import org.loradash.kernel.portable.PortableNorms;

/** Normalisation of rows by mean and variance (arXiv 1607.06450). */
public final class LayerNorm {
    private LayerNorm() {}

    /**
     * out = (x - mean) * inverse * weight + bias with inverse = 1 / sqrt(variance + epsilon) over each row; the variance is
     * the mean of squares about the mean.
     *
     * @param x T x d
     * @param weight 1 x d, bias likewise
     * @param out T x d
     * @param mean T x 1, kept for the backward; inverse likewise
     */
    public record Forward(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor out, Tensor mean, Tensor inverse)
            implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).dense();
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("bias", bias).shape(1, x.columns());
            account.writes("out", out).dense().like(x);
            account.writes("mean", mean).dense().shape(x.rows(), 1);
            account.writes("inverse", inverse).dense().shape(x.rows(), 1).computes(8 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    x.rows(),
                    x.columns(),
                    (from, to) -> new Forward(
                            x.rows(from, to),
                            weight,
                            bias,
                            epsilon,
                            out.rows(from, to),
                            mean.rows(from, to),
                            inverse.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedNorms.layer(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.layer(this);
            return 0;
        }
    }

    /**
     * dx (T x d) += inverse * (g - mean(g) - xhat * mean(g * xhat)) with g = dOut * weight, xhat = (x - mean) * inverse. Then
     * dOut becomes what the forward made, xhat * weight + bias, so that it need not be kept.
     */
    public record Backward(Tensor dOut, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverse, Tensor dx)
            implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).dense();
            account.changes("dOut", dOut).dense().like(x);
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("bias", bias).shape(1, x.columns());
            account.reads("mean", mean).dense().shape(x.rows(), 1);
            account.reads("inverse", inverse).dense().shape(x.rows(), 1);
            account.changes("dx", dx).dense().like(x).computes(14 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    x.rows(),
                    x.columns(),
                    (from, to) -> new Backward(
                            dOut.rows(from, to),
                            x.rows(from, to),
                            weight,
                            bias,
                            mean.rows(from, to),
                            inverse.rows(from, to),
                            dx.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedNorms.layerBackward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.layerBackward(this);
            return 0;
        }
    }
}
