package org.loradash.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which sequences of a batch are computed together, end to end and without padding. */
public final class Packing {
    private Packing() {}

    /**
     * The sequences in slices that hold about as many tokens each. There are as many slices as it takes for a mean of at most
     * {@code sliceTokens}, rounded up to a power of two, but no more than sequences. A pure function of the lengths: sequences
     * go, longest first and equal ones in their order, each to the slice with the fewest tokens so far, the first of several
     * (Graham's longest-processing-time rule, 1969).
     *
     * @param lengths of the sequences, at least one
     * @param sliceTokens at least 1
     * @return the numbers of each slice's sequences, ascending
     */
    public static List<int[]> slices(int[] lengths, int sliceTokens) {
        long tokens = IntStream.of(lengths).asLongStream().sum();
        long wanted = Math.max(1, (tokens + sliceTokens - 1) / sliceTokens);
        int count = (int) Math.min(lengths.length, ceilingPowerOfTwo(wanted));
        int[] loads = new int[count];
        int[] sliceOf = new int[lengths.length];
        IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(s -> -lengths[s]))
                .forEachOrdered(s -> {
                    int slice = lightest(loads);
                    loads[slice] += lengths[s];
                    sliceOf[s] = slice;
                });
        List<int[]> slices = new ArrayList<>(count);
        for (int slice = 0; slice < count; slice++) {
            int chosen = slice;
            slices.add(IntStream.range(0, lengths.length)
                    .filter(s -> sliceOf[s] == chosen)
                    .toArray());
        }
        return slices;
    }

    /**
     * How many tokens a slice of {@link #slices} has at most, whatever the batch's sequences: of so many, each of at most so
     * many tokens. The last sequence of the fullest slice came to it when it was the emptiest, so that it has no more than
     * the mean, at most sliceTokens, and (1 - 1 / slices) of that sequence; nor, with two sequences, more than twice the mean.
     */
    public static int largestSlice(int sequences, int longest, int sliceTokens) {
        long all = (long) sequences * longest;
        long slices = Math.min(sequences, ceilingPowerOfTwo(Math.max(1, (all + sliceTokens - 1) / sliceTokens)));
        long shared = Math.min(2L * sliceTokens, sliceTokens + longest - longest / slices);
        return Math.toIntExact(Math.min(all, Math.max(longest, shared)));
    }

    /** Where sequences begin that fill so many tokens, each at most so long, and their end: one more than there are sequences. */
    public static int[] starts(int tokens, int longest) {
        int[] starts = new int[(tokens + longest - 1) / longest + 1];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = Math.min(tokens, i * longest);
        }
        return starts;
    }

    private static int lightest(int[] loads) {
        int lightest = 0;
        for (int slice = 1; slice < loads.length; slice++) {
            if (loads[slice] < loads[lightest]) {
                lightest = slice;
            }
        }
        return lightest;
    }

    private static long ceilingPowerOfTwo(long number) {
        return number == 1 ? 1 : Long.highestOneBit(number - 1) << 1;
    }
}
