package org.loradash.data;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A text, or a pair of them, as an encoder takes it, and what is to be learnt of it.
 *
 * @param tokens n token ids, special ones among them
 * @param types n token types: which text of a pair a token is of
 * @param label the index of a class, or a number
 */
public record LabelledTokens(int[] tokens, byte[] types, float label) {

    /** As a store keeps it: the label, tokens, then types. */
    public static final Codec<LabelledTokens> CODEC = new Codec<>() {
        private static final int OF_TOKEN = Integer.BYTES + Byte.BYTES;

        @Override
        public int bytes(LabelledTokens example) {
            return Math.addExact(Float.BYTES, Math.multiplyExact(OF_TOKEN, example.length()));
        }

        @Override
        public void write(LabelledTokens example, ByteBuffer to) {
            to.putFloat(example.label());
            for (int token : example.tokens()) {
                to.putInt(token);
            }
            to.put(example.types());
        }

        @Override
        public LabelledTokens read(ByteBuffer from) {
            int bytes = from.remaining() - Float.BYTES;
            if (bytes < 0 || bytes % OF_TOKEN != 0) {
                throw new IllegalArgumentException(
                        from.remaining() + " bytes (must be a label and as many tokens as types)");
            }
            float label = from.getFloat();
            int[] tokens = new int[bytes / OF_TOKEN];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = from.getInt();
            }
            byte[] types = new byte[tokens.length];
            from.get(types);
            return new LabelledTokens(tokens, types, label);
        }

        @Override
        public int size(LabelledTokens example) {
            return example.length();
        }

        @Override
        public int weight(LabelledTokens example) {
            return 1;
        }
    };

    public LabelledTokens {
        if (types.length != tokens.length) {
            throw new IllegalArgumentException(types.length + " types for " + tokens.length + " tokens");
        }
    }

    /** How many tokens. */
    public int length() {
        return tokens.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelledTokens that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(types, that.types)
                && label == that.label;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + Arrays.hashCode(types) + Float.hashCode(label);
    }

    @Override
    public String toString() {
        return "LabelledTokens[tokens=" + Arrays.toString(tokens) + ", types=" + Arrays.toString(types) + ", label="
                + label + "]";
    }
}
