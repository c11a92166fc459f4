package org.loradash.kernel.operation;

import org.loradash.kernel.Tensor;

/**
 * Who attends to whom, and by which scores. A token attends to those on its way from its root and to those of its own segment,
 * as far as it reaches; sequences that are trees of their own do not see each other.
 *
 * @param heads of queries
 * @param keyHeads of keys and values, which divides heads; query head h uses key head h / (heads / keyHeads)
 * @param forest how the T rows of queries hang together
 * @param scale what products of queries and keys are multiplied by
 * @param cap c, where scaled products x become scores c tanh(x / c) (Gemma 2, arXiv 2408.00118); infinite where they stay
 * @param reach which of these tokens a token attends to
 */
public record AttentionShape(int heads, int keyHeads, Forest forest, float scale, float cap, Reach reach) {
    /** Parts that are enough for the threads of any machine. */
    private static final int MANY = 32;

    /** Each token attends to itself and to those before it. */
    public static AttentionShape causal(int heads, int keyHeads, Forest forest, float scale) {
        return new AttentionShape(heads, keyHeads, forest, scale, Float.POSITIVE_INFINITY, Reach.CAUSAL);
    }

    /** The same of sequences: offsets in the T rows, first 0, last T. */
    public static AttentionShape causal(int heads, int keyHeads, int[] starts, float scale) {
        return causal(heads, keyHeads, Forest.of(starts), scale);
    }

    /** Each token attends to all of its sequence. */
    public static AttentionShape bothWays(int heads, int keyHeads, int[] starts, float scale) {
        return causal(heads, keyHeads, starts, scale).reaching(Reach.BOTH_WAYS);
    }

    /** The same with another reach. */
    public AttentionShape reaching(Reach other) {
        return new AttentionShape(heads, keyHeads, forest, scale, cap, other);
    }

    /** The same with scores below a cap. */
    public AttentionShape capped(float other) {
        return new AttentionShape(heads, keyHeads, forest, scale, other, reach);
    }

    /** Whether scores have a cap. */
    public boolean isCapped() {
        return cap != Float.POSITIVE_INFINITY;
    }

    /** Where sequences that are trees of their own begin, and T at the end. */
    public int[] starts() {
        return forest.starts();
    }

    /** How many such sequences there are. */
    public int sequences() {
        return forest.segments();
    }

    /** Query heads that share a key head. */
    public int group() {
        return heads / keyHeads;
    }

    /** Rows of queries of a sequence. */
    public int length(int sequence) {
        return forest.length(sequence);
    }

    /** The longest sequence's. */
    public int longest() {
        return forest.height();
    }

    /** How many queries meet how many keys. */
    long pairs() {
        long pairs = 0;
        for (int segment = 0; segment < forest.segments(); segment++) {
            long before = forest.before(segment);
            pairs += reach.pairs(before + forest.length(segment)) - reach.pairs(before);
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
        if (forest.segments() == 0 || forest.start(0) != 0 || forest.rows() != q.rows()) {
            throw new IllegalArgumentException("starts: (must go from 0 to %d)".formatted(q.rows()));
        }
        if (reach.after() > 0) {
            checkSequences();
        }
    }

    /** Refuses segments with a parent. */
    void checkSequences() {
        if (!forest.isOfSequences()) {
            throw new IllegalArgumentException("forest: segments behind others (must be sequences apart)");
        }
    }

    /** How many parts there are: one a tree and band of heads. */
    int parts() {
        return forest.trees() * bands();
    }

    /**
     * In how many bands of neighbouring heads a tree's rows are cut. Query heads that share a key head stay together and by
     * themselves; others stay together where there are parts enough without cutting them, since a row that is read in one piece
     * comes faster than its pieces.
     */
    private int bands() {
        int bands = group() > 1 ? keyHeads : 1;
        while (bands < keyHeads && (keyHeads % bands != 0 || forest.trees() * bands < MANY)) {
            bands++;
        }
        return bands;
    }

    /** One tree's shape, with the heads of one band. */
    AttentionShape part(int part) {
        int bands = bands();
        return new AttentionShape(heads / bands, keyHeads / bands, forest.tree(part / bands), scale, cap, reach);
    }

    /** Of a tensor with a row a token, what belongs to a part: one tree's rows, one band's columns. */
    Tensor part(Tensor x, int part) {
        int bands = bands();
        int width = x.columns() / bands;
        int tree = part / bands;
        int from = part % bands * width;
        return x.rows(forest.start(forest.root(tree)), forest.end(forest.root(tree + 1) - 1))
                .columns(from, from + width);
    }

    /** One sequence's shape, with the query heads of one key head. */
    AttentionShape ofKeyHead(int sequence) {
        return new AttentionShape(group(), 1, forest.tree(sequence), scale, cap, reach);
    }

    /** All sequences' shape with one head alone, where each head has its own key head. */
    AttentionShape head() {
        return new AttentionShape(1, 1, forest, scale, cap, reach);
    }

    /** Of a tensor with columns for each head, those of one. */
    Tensor columnsOf(int head, Tensor x) {
        int width = x.columns() / heads;
        return x.columns(head * width, (head + 1) * width);
    }
}
