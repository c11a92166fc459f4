package org.loradash.kernel;

import static org.loradash.kernel.Samples.copyOf;

import java.util.Optional;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention;
import org.loradash.kernel.operation.RelativeAttention.Relative;

/** Random arguments of relative attention: distances have any rows. */
final class RelativeSample {
    /** The terms of distances in a score. */
    enum Terms {
        KEYS,
        QUERIES,
        BOTH
    }

    private final AttentionShape shape;
    private final int hidden;
    private final int[] rows;
    private final Terms terms;
    private final Tensor qkv;
    private final Tensor relative;
    private final Tensor dOut;
    private final Tensor out;
    private final Tensor logSumExp;

    RelativeSample(Samples samples, int[] starts, int heads, int d, int rows, Terms terms) {
        int tokens = starts[starts.length - 1];
        this.shape = AttentionShape.bothWays(heads, heads, starts, (float) (1 / Math.sqrt(3.0 * d)));
        this.hidden = heads * d;
        this.rows = samples.indices(2 * shape.longest() - 1, rows);
        this.terms = terms;
        this.qkv = samples.normal(tokens, 3 * hidden);
        this.relative = samples.normal(rows, 2 * hidden);
        this.dOut = samples.normal(tokens, hidden);
        this.out = Tensor.zeros(tokens, hidden);
        this.logSumExp = Tensor.zeros(tokens, heads);
    }

    int tokens() {
        return out.rows();
    }

    Tensor qkv() {
        return qkv;
    }

    Tensor relative() {
        return relative;
    }

    Tensor dOut() {
        return dOut;
    }

    /** What a forward is to write, T x (heads * d). */
    Tensor out() {
        return out;
    }

    Tensor logSumExp() {
        return logSumExp;
    }

    RelativeAttention.Forward forward(Tensor to, Tensor logSumExpTo) {
        return new RelativeAttention.Forward(
                third(qkv, 0), third(qkv, 1), third(qkv, 2), halves(relative), rows, shape, to, logSumExpTo);
    }

    void attend(Kernels kernels, Tensor to) {
        kernels.run(forward(to, copyOf(logSumExp)));
    }

    void sum(Kernels kernels, Tensor to) {
        kernels.run(forward(copyOf(out), to));
    }

    /** Of queries, keys and values; and, added to ones, of relative queries and keys. */
    record Gradients(Tensor dqkv, Tensor dRelative) {}

    Gradients backward(Kernels kernels) {
        Gradients gradients = new Gradients(copyOf(qkv), copyOf(relative));
        gradients.dRelative().fill(1);
        kernels.run(backward(gradients.dqkv(), gradients.dRelative()));
        return gradients;
    }

    RelativeAttention.Backward backward(Tensor dqkv, Tensor dRelative) {
        return new RelativeAttention.Backward(
                dOut,
                third(qkv, 0),
                third(qkv, 1),
                third(qkv, 2),
                halves(relative),
                rows,
                shape,
                out,
                logSumExp,
                third(dqkv, 0),
                third(dqkv, 1),
                third(dqkv, 2),
                halves(dRelative));
    }

    private Tensor third(Tensor x, int which) {
        return x.columns(which * hidden, (which + 1) * hidden);
    }

    private Relative halves(Tensor x) {
        return new Relative(
                terms == Terms.QUERIES ? Optional.empty() : Optional.of(x.columns(hidden, 2 * hidden)),
                terms == Terms.KEYS ? Optional.empty() : Optional.of(x.columns(0, hidden)));
    }

    /** The forward in double precision. */
    double[] expected(double[] qkv, double[] relative) {
        int heads = shape.heads();
        int d = hidden / heads;
        int longest = shape.longest();
        double[] out = new double[tokens() * hidden];
        for (int sequence = 0; sequence < shape.sequences(); sequence++) {
            int start = shape.starts()[sequence];
            int length = shape.length(sequence);
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < length; i++) {
                    double[] weights = new double[length];
                    double sum = 0;
                    for (int j = 0; j < length; j++) {
                        int query = (start + i) * 3 * hidden + head * d;
                        int key = (start + j) * 3 * hidden + hidden + head * d;
                        int row = rows[i - j + longest - 1] * 2 * hidden + head * d;
                        double score = 0;
                        for (int c = 0; c < d; c++) {
                            score += qkv[query + c] * qkv[key + c];
                            score += terms == Terms.QUERIES ? 0 : qkv[query + c] * relative[row + hidden + c];
                            score += terms == Terms.KEYS ? 0 : qkv[key + c] * relative[row + c];
                        }
                        weights[j] = Math.exp(score * shape.scale());
                        sum += weights[j];
                    }
                    for (int j = 0; j < length; j++) {
                        int value = (start + j) * 3 * hidden + 2 * hidden + head * d;
                        for (int c = 0; c < d; c++) {
                            out[(start + i) * hidden + head * d + c] += weights[j] / sum * qkv[value + c];
                        }
                    }
                }
            }
        }
        return out;
    }
}
