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
     */
    public record Forward(Tensor x, int groups, Tensor weight, Tensor bias, float epsilon, Then then, Tensor out)
            implements Operation {
        @Override
        public void account(Account account) {
            if (groups < 1 || x.columns() % groups != 0) {
                throw new IllegalArgumentException(
                        "groups: %d of %d columns (must divide)".formatted(groups, x.columns()));
            }
            account.reads("x", x);
            account.reads("weight", weight).shape(1, x.columns());
            account.reads("bias", bias).shape(1, x.columns());
            account.writes("out", out).like(x).mayReplace(x).computes((then == Then.SILU ? 20 : 8) * x.size());
        }

        @Override
        public Cut cut() {
            int width = x.columns() / groups;
            int elements = (int) Math.min(Integer.MAX_VALUE, (long) x.rows() * width);
            return Cut.rows(
                    groups,
                    elements,
                    (from, to) -> new Forward(
                            x.columns(from * width, to * width),
                            to - from,
                            weight.columns(from * width, to * width),
                            bias.columns(from * width, to * width),
                            epsilon,
                            then,
                            out.columns(from * width, to * width)));
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
}
