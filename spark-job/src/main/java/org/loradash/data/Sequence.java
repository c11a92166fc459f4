package org.loradash.data;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A record's tokens, and for each the token itself when the model is to learn to predict it there.
 *
 * @param tokens n token ids
 * @param labels n token ids, or {@link #NO_LABEL}; label i is predicted from tokens 0 to i - 1, so the first is not used
 */
public record Sequence(int[] tokens, int[] labels) {
    /** The label of a position that nothing is learnt from; the number that PyTorch's cross entropy ignores. */
    public static final int NO_LABEL = -100;

    /** As a store keeps it: tokens, then labels. */
    public static final Codec<Sequence> CODEC = new Codec<>() {
        @Override
        public int bytes(Sequence sequence) {
            return Math.multiplyExact(2 * Integer.BYTES, sequence.length());
        }

        @Override
        public void write(Sequence sequence, ByteBuffer to) {
            to.asIntBuffer().put(sequence.tokens()).put(sequence.labels());
        }

        @Override
        public Sequence read(ByteBuffer from) {
            int bytes = from.remaining();
            if (bytes % (2 * Integer.BYTES) != 0) {
                throw new IllegalArgumentException(bytes + " bytes (must be as many tokens as labels)");
            }
            int[] tokens = new int[bytes / (2 * Integer.BYTES)];
            int[] labels = new int[tokens.length];
            from.asIntBuffer().get(tokens).get(labels);
            return new Sequence(tokens, labels);
        }

        @Override
        public int size(Sequence sequence) {
            return sequence.length();
        }

        @Override
        public int weight(Sequence sequence) {
            return sequence.labelledTokens();
        }
    };

    public Sequence {
        if (tokens.length != labels.length) {
            throw new IllegalArgumentException(labels.length + " labels for " + tokens.length + " tokens");
        }
    }

    /** How many tokens. */
    public int length() {
        return tokens.length;
    }

    /** How many tokens carry a label and can be predicted, so the first never counts. */
    public int labelledTokens() {
        int labelled = 0;
        for (int i = 1; i < labels.length; i++) {
            if (labels[i] != NO_LABEL) {
                labelled++;
            }
        }
        return labelled;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sequence that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "Sequence[tokens=" + Arrays.toString(tokens) + ", labels=" + Arrays.toString(labels) + "]";
    }
}
