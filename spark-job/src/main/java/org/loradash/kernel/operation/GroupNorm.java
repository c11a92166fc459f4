package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedGroupNorm;
import org.loradash.kernel.portable.PortableNorms;

/** Normalisation of an image's groups of channels by mean and variance (arXiv 1803.08494). */
public final class GroupNorm {
    private GroupNorm() {}

    /** What is done with what was normalised. */
    public enum Then {
        NOTHING,
        /** x / (1 + e^-x). */
        SILU
    }

    /**
     * out = then((x - mean) * inverse * weight + bias) with inverse = 1 / sqrt(variance + epsilon) over all rows of each group
     * of neighbouring columns; the variance is the mean of squares about the mean. All may have gaps.
     *
     * @param x T x d: one image, a row a place, a column a channel
     * @param groups divides d
     * @param weight 1 x d, bias likewise
     * @param out T x d, may be x
     * @param mean 1 x groups, kept for the backward; inverse likewise
     */
    public record Forward(
            Tensor x,
            int groups,
            Tensor weight,
            Tensor bias,
            float epsilon,
            Then then,
            Tensor out,
            Tensor mean,
            Tensor inverse)
            implements Operation {
        @Override
        public void account(Account account) {
            check(x, groups);
            account.reads("x", x);
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("bias", bias).shape(1, x.columns());
            account.writes("out", out).like(x).mayReplace(x);
            account.writes("mean", mean).shape(1, groups);
            account.writes("inverse", inverse).shape(1, groups).computes((then == Then.SILU ? 20 : 8) * x.size());
        }

        @Override
        public Cut cut() {
            int width = x.columns() / groups;
            return byGroups(
                    x,
                    groups,
                    (from, to) -> new Forward(
                            x.columns(from * width, to * width),
                            to - from,
                            weight.columns(from * width, to * width),
                            bias.columns(from * width, to * width),
                            epsilon,
                            then,
                            out.columns(from * width, to * width),
                            mean.columns(from, to),
                            inverse.columns(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedGroupNorm.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.group(this);
            return 0;
        }
    }

    /**
     * dx (T x d) += inverse * (g - mean(g) - xhat * mean(g * xhat)) over each group, with xhat = (x - mean) * inverse, g = dy *
     * weight and dy what dOut is before the forward's {@link Then}. All may have gaps.
     */
    public record Backward(
            Tensor dOut,
            Tensor x,
            int groups,
            Tensor weight,
            Tensor bias,
            Then then,
            Tensor mean,
            Tensor inverse,
            Tensor dx)
            implements Operation {
        @Override
        public void account(Account account) {
            check(x, groups);
            account.reads("dOut", dOut).like(x);
            account.reads("x", x);
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("bias", bias).shape(1, x.columns());
            account.reads("mean", mean).shape(1, groups);
            account.reads("inverse", inverse).shape(1, groups);
            account.changes("dx", dx).like(x).computes((then == Then.SILU ? 50 : 16) * x.size());
        }

        @Override
        public Cut cut() {
            int width = x.columns() / groups;
            return byGroups(
                    x,
                    groups,
                    (from, to) -> new Backward(
                            dOut.columns(from * width, to * width),
                            x.columns(from * width, to * width),
                            to - from,
                            weight.columns(from * width, to * width),
                            bias.columns(from * width, to * width),
                            then,
                            mean.columns(from, to),
                            inverse.columns(from, to),
                            dx.columns(from * width, to * width)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedGroupNorm.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableNorms.groupBackward(this);
            return 0;
        }
    }

    private static void check(Tensor x, int groups) {
        if (groups < 1 || x.columns() % groups != 0) {
            throw new IllegalArgumentException("groups: %d of %d columns (must divide)".formatted(groups, x.columns()));
        }
    }

    private static Cut byGroups(Tensor x, int groups, Cut.Range range) {
        return Cut.columns(x.rows(), groups, x.columns() / groups, range);
    }
}
