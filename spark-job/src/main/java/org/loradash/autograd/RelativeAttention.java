package org.loradash.autograd;

import java.util.Optional;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention.Backward;
import org.loradash.kernel.operation.RelativeAttention.Forward;
import org.loradash.kernel.operation.RelativeAttention.Relative;

/**
 * Attention both ways within each sequence, to contents and to distances (the disentangled attention of DeBERTa, arXiv
 * 2006.03654).
 */
public final class RelativeAttention {
    private RelativeAttention() {}

    /**
     * Who attends to whom, and by what of their distance.
     *
     * @param starts offsets of the sequences in the rows, first 0, last T
     * @param contentToPosition whether queries meet relative keys ("c2p")
     * @param positionToContent whether keys meet relative queries ("p2c")
     */
    public record Shape(
            int heads,
            int[] starts,
            RelativePositions positions,
            boolean contentToPosition,
            boolean positionToContent) {
        public Shape {
            if (!contentToPosition && !positionToContent) {
                throw new IllegalArgumentException("no term of distances (must be one at least)");
            }
        }

        /** The longest sequence's length. */
        public int longest() {
            int longest = 0;
            for (int i = 1; i < starts.length; i++) {
                longest = Math.max(longest, starts[i] - starts[i - 1]);
            }
            return longest;
        }
    }

    /**
     * The score of query i and key j is (q_i k_j + q_i K_t + k_j Q_t) / sqrt(terms * d), t being the row of i - j, and terms
     * being how many of the three there are. Queries, keys and values are used by no other operation.
     *
     * @param qkv T x (3 heads * d): queries, keys, values
     * @param relative a row for each from {@link RelativePositions#from} to {@link RelativePositions#to} of the longest
     *     sequence; relative queries and relative keys, those of the two that there are, heads * d columns each
     * @return T x (heads * d)
     * @throws IllegalStateException if qkv is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable qkv, Variable relative, Shape shape) {
        Tensor value = qkv.overwrite(tape);
        Tensor ofDistances = relative.read(tape);
        int hidden = value.columns() / 3;
        int terms = 1 + ofDistances.columns() / hidden;
        int longest = shape.longest();
        int[] rows = shape.positions().rows(longest);
        AttentionShape scaled = AttentionShape.bothWays(shape.heads(), shape.heads(), shape.starts(), (float)
                (1 / Math.sqrt(terms * (hidden / shape.heads()))));
        Tensor q = value.columns(0, hidden);
        Tensor k = value.columns(hidden, 2 * hidden);
        Tensor v = value.columns(2 * hidden, 3 * hidden);
        Relative parts = parts(ofDistances, hidden, shape);
        Tensor out = tape.arena().take(value.rows(), hidden);
        Tensor logSumExp = tape.arena().take(value.rows(), shape.heads());
        tape.kernels().run(new Forward(q, k, v, parts, rows, scaled, out, logSumExp));
        boolean needed = qkv.needsGradient() || relative.needsGradient();
        Variable attended = tape.result(out, needed, result -> {
            // Of queries, keys and values it is computed with the rest, whether anything needs it or not.
            Tensor gradient = tape.newGradient(qkv);
            Relative ofRelative = relative.needsGradient()
                    ? parts(tape.gradientToAddTo(relative), hidden, shape)
                    : new Relative(Optional.empty(), Optional.empty());
            tape.kernels()
                    .run(new Backward(
                            result.gradient(),
                            q,
                            k,
                            v,
                            parts,
                            rows,
                            scaled,
                            out,
                            logSumExp,
                            gradient.columns(0, hidden),
                            gradient.columns(hidden, 2 * hidden),
                            gradient.columns(2 * hidden, 3 * hidden),
                            ofRelative));
        });
        return attended.kept();
    }

    private static Relative parts(Tensor relative, int hidden, Shape shape) {
        Optional<Tensor> queries =
                shape.positionToContent() ? Optional.of(relative.columns(0, hidden)) : Optional.empty();
        Optional<Tensor> keys = shape.contentToPosition()
                ? Optional.of(relative.columns(relative.columns() - hidden, relative.columns()))
                : Optional.empty();
        return new Relative(keys, queries);
    }
}
