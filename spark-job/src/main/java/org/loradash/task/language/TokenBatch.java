package org.loradash.task.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.data.Sequence;

/**
 * Sequences laid end to end, without padding.
 *
 * @param tokens T token ids
 * @param targets T: the token to be predicted at a position, which is the label of the next position of the same
 *     sequence, or {@link #NO_TARGET}; always that at a sequence's last position
 * @param starts where each sequence begins, and T at the end: one more than there are sequences
 */
public record TokenBatch(int[] tokens, int[] targets, int[] starts) {
    public static final int NO_TARGET = -1;

    /** The sequences in the order given. */
    public static TokenBatch of(List<Sequence> sequences) {
        int[] starts = new int[sequences.size() + 1];
        for (int s = 0; s < sequences.size(); s++) {
            starts[s + 1] = Math.addExact(starts[s], sequences.get(s).length());
        }
        int[] tokens = new int[starts[sequences.size()]];
        int[] targets = new int[tokens.length];
        for (int s = 0; s < sequences.size(); s++) {
            Sequence sequence = sequences.get(s);
            System.arraycopy(sequence.tokens(), 0, tokens, starts[s], sequence.length());
            for (int i = 1; i <= sequence.length(); i++) {
                boolean labelled = i < sequence.length() && sequence.labels()[i] != Sequence.NO_LABEL;
                targets[starts[s] + i - 1] = labelled ? sequence.labels()[i] : NO_TARGET;
            }
        }
        return new TokenBatch(tokens, targets, starts);
    }

    /** How many sequences. */
    public int sequences() {
        return starts.length - 1;
    }

    /** T, the tokens of all sequences. */
    public int tokenCount() {
        return tokens.length;
    }

    /** How many positions have a target. */
    public int labelledTokens() {
        int labelled = 0;
        for (int target : targets) {
            if (target != NO_TARGET) {
                labelled++;
            }
        }
        return labelled;
    }

    /**
     * The batch in slices of whole sequences that hold about as many tokens each, for threads to compute. There are as
     * many as it takes for a mean of at most {@code sliceTokens}, rounded up to a power of two, but no more than
     * sequences. A pure function of the batch: sequences go, longest first and equal ones in their order, each to the
     * slice with the fewest tokens so far, the first of several (Graham's longest-processing-time rule, 1969). Within a
     * slice they keep the batch's order.
     *
     * @param sliceTokens at least 1
     */
    public List<TokenBatch> slices(int sliceTokens) {
        if (sequences() == 0) {
            return List.of(this);
        }
        long wanted = Math.max(1, ((long) tokens.length + sliceTokens - 1) / sliceTokens);
        int count = (int) Math.min(sequences(), ceilingPowerOfTwo(wanted));
        if (count == 1) {
            return List.of(this);
        }
        int[] loads = new int[count];
        int[] sliceOf = new int[sequences()];
        IntStream.range(0, sequences())
                .boxed()
                .sorted(Comparator.comparingInt(s -> -length(s)))
                .forEachOrdered(s -> {
                    int slice = lightest(loads);
                    loads[slice] += length(s);
                    sliceOf[s] = slice;
                });
        List<TokenBatch> slices = new ArrayList<>(count);
        for (int slice = 0; slice < count; slice++) {
            int chosen = slice;
            slices.add(only(IntStream.range(0, sequences())
                    .filter(s -> sliceOf[s] == chosen)
                    .toArray()));
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

    /** Each sequence as a batch by itself, in order: what is computed without packing. */
    public List<TokenBatch> separate() {
        return IntStream.range(0, sequences())
                .mapToObj(s -> only(new int[] {s}))
                .toList();
    }

    private TokenBatch only(int[] chosen) {
        int[] chosenStarts = new int[chosen.length + 1];
        for (int i = 0; i < chosen.length; i++) {
            chosenStarts[i + 1] = chosenStarts[i] + length(chosen[i]);
        }
        int[] chosenTokens = new int[chosenStarts[chosen.length]];
        int[] chosenTargets = new int[chosenTokens.length];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(tokens, starts[chosen[i]], chosenTokens, chosenStarts[i], length(chosen[i]));
            System.arraycopy(targets, starts[chosen[i]], chosenTargets, chosenStarts[i], length(chosen[i]));
        }
        return new TokenBatch(chosenTokens, chosenTargets, chosenStarts);
    }

    private int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
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

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenBatch that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(targets, that.targets)
                && Arrays.equals(starts, that.starts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens) + 31 * (Arrays.hashCode(targets) + 31 * Arrays.hashCode(starts));
    }

    @Override
    public String toString() {
        return "TokenBatch[tokens=" + Arrays.toString(tokens) + ", targets=" + Arrays.toString(targets) + ", starts="
                + Arrays.toString(starts) + "]";
    }
}
