package org.loradash.kernel.operation;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What rows of logits should give: each row any number of tokens, each some number of times.
 *
 * @param starts where the tokens of each row begin, and their number at the end: one more than there are rows
 * @param tokens row by row, each once in a row
 * @param counts how often each is wanted, at least once
 */
public record Targets(int[] starts, int[] tokens, int[] counts) {

    /** One token of each row. */
    public static Targets single(int[] tokens) {
        int[] once = new int[tokens.length];
        Arrays.fill(once, 1);
        return new Targets(IntStream.rangeClosed(0, tokens.length).toArray(), tokens, once);
    }

    /** One token of each row, or none where the number is negative. */
    public static Targets atMostOne(int[] tokens) {
        int[] starts = new int[tokens.length + 1];
        for (int row = 0; row < tokens.length; row++) {
            starts[row + 1] = starts[row] + (tokens[row] < 0 ? 0 : 1);
        }
        int[] given = Arrays.stream(tokens).filter(token -> token >= 0).toArray();
        return new Targets(starts, given, single(given).counts());
    }

    /** How many rows there are. */
    public int rows() {
        return starts.length - 1;
    }

    /** How many tokens a row should give, each as often as it is wanted. */
    public int weight(int row) {
        int weight = 0;
        for (int i = starts[row]; i < starts[row + 1]; i++) {
            weight += counts[i];
        }
        return weight;
    }

    /** The rows that should give something. */
    public int[] given() {
        return IntStream.range(0, rows())
                .filter(row -> starts[row] < starts[row + 1])
                .toArray();
    }

    /** Those of {@link #given} alone. */
    public Targets ofGiven() {
        int[] kept = IntStream.concat(IntStream.of(0), IntStream.of(given()).map(row -> starts[row + 1]))
                .toArray();
        return new Targets(kept, tokens, counts);
    }

    /** Those of some rows. */
    public Targets rows(int from, int to) {
        int first = starts[from];
        int end = starts[to];
        return new Targets(
                IntStream.rangeClosed(from, to).map(row -> starts[row] - first).toArray(),
                Arrays.copyOfRange(tokens, first, end),
                Arrays.copyOfRange(counts, first, end));
    }
}
