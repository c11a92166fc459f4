package org.loradash.task.language;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.data.Sequence;
import org.loradash.task.Packing;

/**
 * Sequences laid end to end, without padding.
 *
 * @param tokens T token ids
 * @param targets T: the token to be predicted at a position, which is the label of the next position of the same
 *     sequence, or {@link #NO_TARGET}; always that at a sequence's last position
 * @param starts where each sequence begins, and T at the end: one more than there are sequences
 * @param longest the longest sequence of the batch that these are of, in tokens
 */
public record TokenBatch(int[] tokens, int[] targets, int[] starts, int longest) {
    public static final int NO_TARGET = -1;

    /** A whole batch. */
    public TokenBatch(int[] tokens, int[] targets, int[] starts) {
        this(
                tokens,
                targets,
                starts,
                IntStream.range(1, starts.length)
                        .map(i -> starts[i] - starts[i - 1])
                        .max()
                        .orElse(0));
    }

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
     * The batch in slices of whole sequences, as {@link Packing#slices(int[], int[], int)} makes them in the forest's order.
     *
     * @param forest of this batch
     * @param sliceTokens at least 1
     */
    List<TokenBatch> slices(PrefixForest forest, int sliceTokens) {
        if (sequences() == 0) {
            return List.of(this);
        }
        int[] order = forest.order();
        int[] lengths = Arrays.stream(order).map(this::length).toArray();
        List<Packing.Range> slices = Packing.slices(lengths, forest.shared(), sliceTokens);
        return slices.size() == 1
                ? List.of(this)
                : slices.stream()
                        .map(range -> only(Arrays.copyOfRange(order, range.from(), range.to())))
                        .toList();
    }

    /** Each sequence as a batch by itself, in order: what is computed without packing. */
    public List<TokenBatch> separate() {
        return IntStream.range(0, sequences())
                .mapToObj(s -> only(new int[] {s}))
                .toList();
    }

    /** How many tokens two sequences have in common from their beginning. */
    int common(int one, int other) {
        int same = Arrays.mismatch(tokens, starts[one], starts[one + 1], tokens, starts[other], starts[other + 1]);
        return same < 0 ? length(one) : same;
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
        return new TokenBatch(chosenTokens, chosenTargets, chosenStarts, longest);
    }

    /** How many tokens a sequence has. */
    int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    int token(int sequence, int place) {
        return tokens[starts[sequence] + place];
    }

    int target(int sequence, int place) {
        return targets[starts[sequence] + place];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenBatch that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(targets, that.targets)
                && Arrays.equals(starts, that.starts)
                && longest == that.longest;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens) + 31 * (Arrays.hashCode(targets) + 31 * Arrays.hashCode(starts));
    }

    @Override
    public String toString() {
        return "TokenBatch[tokens=" + Arrays.toString(tokens) + ", targets=" + Arrays.toString(targets) + ", starts="
                + Arrays.toString(starts) + ", longest=" + longest + "]";
    }
}
