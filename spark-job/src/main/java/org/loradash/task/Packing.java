package org.loradash.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which sequences of a batch are computed together, end to end and without padding. */
public final class Packing {
    private Packing() {}

    /**
     * A slice.
     *
     * @param from its first sequence
     * @param to behind its last one
     */
    public record Range(int from, int to) {}

    /** {@link #slices(int[], int[], int)} of sequences that have nothing in common. */
    public static List<Range> slices(int[] lengths, int sliceTokens) {
        return slices(lengths, new int[lengths.length], sliceTokens);
    }

    /**
     * The sequences, in their order, in slices of at most {@code sliceTokens} tokens, but that no sequence is cut: as few slices as
     * that takes, and of those that are as few the ones whose largest is smallest. A pure function of its arguments.
     *
     * @param lengths of the sequences, at least one
     * @param shared of each, how many tokens it has in common with the one before it, which are computed once where both are in
     *     one slice
     * @param sliceTokens at least 1
     */
    public static List<Range> slices(int[] lengths, int[] shared, int sliceTokens) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        int least = longest;
        int most = Math.max(longest, sliceTokens);
        List<Range> fewest = filled(lengths, shared, most);
        while (least < most) {
            int middle = least + (most - least) / 2;
            if (filled(lengths, shared, middle).size() == fewest.size()) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        return filled(lengths, shared, most);
    }

    /** Each slice as full as it gets. */
    private static List<Range> filled(int[] lengths, int[] shared, int limit) {
        List<Range> slices = new ArrayList<>();
        int from = 0;
        long tokens = 0;
        for (int i = 0; i < lengths.length; i++) {
            tokens += i == from ? lengths[i] : lengths[i] - shared[i];
            if (tokens > limit && i > from) {
                slices.add(new Range(from, i));
                from = i;
                tokens = lengths[i];
            }
        }
        slices.add(new Range(from, lengths.length));
        return slices;
    }

    /** How many tokens a slice has at most, whatever the batch's sequences: of so many, each of at most so many tokens. */
    public static int largestSlice(int sequences, int longest, int sliceTokens) {
        return (int) Math.min((long) sequences * longest, Math.max(longest, sliceTokens));
    }

    /** Where sequences begin that fill so many tokens, each at most so long, and their end: one more than there are sequences. */
    public static int[] starts(int tokens, int longest) {
        int[] starts = new int[(tokens + longest - 1) / longest + 1];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = Math.min(tokens, i * longest);
        }
        return starts;
    }
}
