package org.loradash.kernel.operation;

/**
 * Which tokens of its sequence a token attends to: itself and some of its neighbours.
 *
 * @param before how many tokens before it at most
 * @param after how many tokens after it at most
 */
public record Reach(int before, int after) {
    /** Itself and all before it. */
    public static final Reach CAUSAL = new Reach(Integer.MAX_VALUE, 0);

    /** All. */
    public static final Reach BOTH_WAYS = new Reach(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Reach {
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException(
                    "reach: %d before, %d after (must not be negative)".formatted(before, after));
        }
    }

    /** The newest tokens up to itself: so many, itself among them. */
    public static Reach window(int tokens) {
        return new Reach(tokens - 1, 0);
    }

    /** The first key that a query sees. */
    public int first(int query) {
        return Math.max(0, query - before);
    }

    /** Behind the last key that a query sees, of as many as there are. */
    public int end(int query, int keys) {
        return (int) Math.min(keys, query + 1L + after);
    }

    /** How many pairs of a query and a key that it sees a sequence has. */
    long pairs(long length) {
        return length * length - beyond(before, length) - beyond(after, length);
    }

    /** How many pairs of tokens lie further apart, one way. */
    private static long beyond(long distance, long length) {
        long further = Math.max(0, length - 1 - distance);
        return further * (further + 1) / 2;
    }
}
