package org.loradash.kernel.operation;

import org.loradash.kernel.Tensor;

/**
 * Who attends to whom, and by which scores. Tokens of one sequence attend to each other, those of different sequences do not.
 *
 * @param heads of queries
 * @param keyHeads of keys and values, which divides heads; query head h uses key head h / (heads / keyHeads)
 * @param starts offsets of the sequences in the T rows of queries, first 0, last T
 * @param scale what products of queries and keys are multiplied by
 * @param cap c, where scaled products x become scores c tanh(x / c) (Gemma 2, arXiv 2408.00118); infinite where they stay
 * @param reach which tokens of its sequence a token attends to
 */
public record AttentionShape(int heads, int keyHeads, int[] starts, float scale, float cap, Reach reach) {

    /** Each token attends to itself and to those before it. */
    public static AttentionShape causal(int heads, int keyHeads, int[] starts, float scale) {
        return new AttentionShape(heads, keyHeads, starts, scale, Float.POSITIVE_INFINITY, Reach.CAUSAL);
    }

    /** Each token attends to all of its sequence. */
    public static AttentionShape bothWays(int heads, int keyHeads, int[] starts, float scale) {
        return causal(heads, keyHeads, starts, scale).reaching(Reach.BOTH_WAYS);
    }

    /** The same with another reach. */
    public AttentionShape reaching(Reach other) {
        return new AttentionShape(heads, keyHeads, starts, scale, cap, other);
    }

    /** The same with scores below a cap. */
    public AttentionShape capped(float other) {
        return new AttentionShape(heads, keyHeads, starts, scale, other, reach);
    }

    /** Whether scores have a cap. */
    public boolean isCapped() {
        return cap != Float.POSITIVE_INFINITY;
    }

    /** How many sequences there are. */
    public int sequences() {
        return starts.length - 1;
    }

    /** Query heads that share a key head. */
    public int group() {
        return heads / keyHeads;
    }

    /** Rows of queries of a sequence. */
    public int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    /** The longest sequence's. */
    public int longest() {
        int longest = 0;
        for (int sequence = 0; sequence < sequences(); sequence++) {
            longest = Math.max(longest, length(sequence));
        }
        return longest;
    }

    /** How many queries meet how many keys. */
    long pairs() {
        long pairs = 0;
        for (int sequence = 0; sequence < sequences(); sequence++) {
            pairs += reach.pairs(length(sequence));
        }
        return pairs;
    }

    /** Whether heads and sequences fit queries of T x (heads * d). */
    void check(Tensor q) {
        if (keyHeads < 1 || heads % keyHeads != 0 || q.columns() % heads != 0) {
            throw new IllegalArgumentException(
                    "heads: %d over %d key heads and %d columns (must divide)".formatted(heads, keyHeads, q.columns()));
        }
        if (!(cap > 0)) {
            throw new IllegalArgumentException("cap: %s (must be positive)".formatted(cap));
        }
        if (starts.length < 2 || starts[0] != 0 || starts[starts.length - 1] != q.rows()) {
            throw new IllegalArgumentException("starts: (must go from 0 to %d)".formatted(q.rows()));
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException(
                        "starts: %d after %d (must ascend)".formatted(starts[i], starts[i - 1]));
            }
        }
    }

    /** How many parts there are: one a sequence and key head. */
    int parts() {
        return sequences() * keyHeads;
    }

    /** One sequence's shape, with the query heads of one key head. */
    AttentionShape part(int part) {
        return new AttentionShape(group(), 1, new int[] {0, length(part / keyHeads)}, scale, cap, reach);
    }

    /** Of a tensor with a row a token, what belongs to a part: one sequence's rows, one key head's columns. */
    Tensor part(Tensor x, int part) {
        int width = x.columns() / keyHeads;
        int sequence = part / keyHeads;
        int from = part % keyHeads * width;
        return x.rows(starts[sequence], starts[sequence + 1]).columns(from, from + width);
    }

    /** All sequences' shape with one head alone, where each head has its own key head. */
    AttentionShape head() {
        return new AttentionShape(1, 1, starts, scale, cap, reach);
    }

    /** Of a tensor with columns for each head, those of one. */
    Tensor columnsOf(int head, Tensor x) {
        int width = x.columns() / heads;
        return x.columns(head * width, (head + 1) * width);
    }
}
