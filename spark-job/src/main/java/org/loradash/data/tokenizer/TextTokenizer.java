package org.loradash.data.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The tokenizer of an encoder's directory, for whole texts and pairs of them: what {@code tokenizer(text, pair,
 * truncation=True, max_length=cutoff)} of transformers gives. Any number of threads may use one; close it to free its native
 * memory.
 */
public final class TextTokenizer implements AutoCloseable {
    private final LibraryTokenizer tokenizer;
    private final int[] around;

    /** @param around special tokens that a pair has around and between its texts */
    private TextTokenizer(LibraryTokenizer tokenizer, int[] around) {
        this.tokenizer = tokenizer;
        this.around = around;
    }

    /**
     * A text's or a pair's tokens.
     *
     * @param ids n of them, special ones too
     * @param types n of them: 1 for the second text's where the model tells the two apart, 0 for all others
     */
    public record Tokens(int[] ids, int[] types) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens that && Arrays.equals(ids, that.ids) && Arrays.equals(types, that.types);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(ids) + Arrays.hashCode(types);
        }

        @Override
        public String toString() {
            return "Tokens[ids=" + Arrays.toString(ids) + ", types=" + Arrays.toString(types) + "]";
        }
    }

    /**
     * Reads the tokenizer of a model directory.
     *
     * @param cutoff the most tokens of a text or a pair, special ones among them: the longer of two loses tokens from its end
     *     until both are as long, then each in turn
     * @throws InvalidInput where there is no tokenizer, it is none, or its special tokens alone are more
     */
    public static TextTokenizer open(Configuration configuration, Path directory, int cutoff) throws IOException {
        TokenizerDirectory files = new TokenizerDirectory(configuration, directory);
        if (files.json(TokenizerDirectory.CONFIGURATION)
                .path("truncation_side")
                .asText()
                .equals("left")) {
            throw files.mistake(
                    TokenizerDirectory.CONFIGURATION,
                    "truncation_side is left",
                    "must be right: texts lose their ends");
        }
        int[] special;
        try (LibraryTokenizer whole = LibraryTokenizer.open(files, OptionalInt.empty())) {
            special = ints(whole.encode("", "").getIds());
        }
        if (cutoff <= special.length) {
            throw InvalidInput.of(
                    "data.cutoff", cutoff, "must be more than the " + special.length + " special tokens of a pair");
        }
        return new TextTokenizer(LibraryTokenizer.open(files, OptionalInt.of(cutoff)), special);
    }

    /**
     * The tokens of a text, or of a text and a second one.
     *
     * @throws InvalidInput when the tokenizer has no tokens for it
     */
    public Tokens encode(String text, Optional<String> pair) {
        Encoding encoding =
                pair.map(second -> tokenizer.encode(text, second)).orElseGet(() -> tokenizer.encode(text, true));
        return new Tokens(ints(encoding.getIds()), ints(encoding.getTypeIds()));
    }

    /** The text of tokens, without special ones; of a pair both texts, with {@code " | "} between them. */
    public String decode(int[] ids) {
        List<String> texts = new ArrayList<>();
        int from = 0;
        for (int to = 0; to <= ids.length; to++) {
            if (to == ids.length || isAround(ids[to])) {
                if (to > from) {
                    texts.add(tokenizer
                            .decode(Arrays.stream(ids, from, to).asLongStream().toArray())
                            .strip());
                }
                from = to + 1;
            }
        }
        return String.join(" | ", texts);
    }

    /** The text of tokens, special ones too. */
    public String decodeAll(int[] ids) {
        return tokenizer.decodeAll(Arrays.stream(ids).asLongStream().toArray());
    }

    private boolean isAround(int id) {
        return Arrays.stream(around).anyMatch(special -> special == id);
    }

    private static int[] ints(long[] numbers) {
        return LongStream.of(numbers).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
