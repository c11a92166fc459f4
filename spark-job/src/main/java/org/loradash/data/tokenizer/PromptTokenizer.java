package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * A tokenizer of a text-to-image pipeline, CLIP's (arXiv 2103.00020): what {@code tokenizer(prompt, padding="max_length",
 * truncation=True)} of transformers gives. Any number of threads may use one; close it to free its native memory.
 */
public final class PromptTokenizer implements AutoCloseable {
    /** What SDXL's tokenizers are called. */
    private static final String NAME = "CLIPTokenizer";

    /** Of all models that are known it is 77. */
    private static final int LONGEST = 1 << 12;

    private final LibraryTokenizer tokenizer;
    private final int length;
    private final int padding;

    private PromptTokenizer(LibraryTokenizer tokenizer, int length, int padding) {
        this.tokenizer = tokenizer;
        this.length = length;
        this.padding = padding;
    }

    /**
     * Reads a tokenizer's folder of a pipeline.
     *
     * @throws InvalidInput where there is none, it is another kind's, or does not say how long a prompt is and what fills it up
     */
    public static PromptTokenizer open(Configuration configuration, Path directory) throws IOException {
        TokenizerDirectory files = new TokenizerDirectory(configuration, directory);
        if (!files.tokenizerClass().equals(NAME)) {
            throw files.mistake(
                    TokenizerDirectory.CONFIGURATION,
                    "tokenizer_class is " + files.tokenizerClass(),
                    "must be " + NAME + ": others are not computed");
        }
        JsonNode length = files.json(TokenizerDirectory.CONFIGURATION).path("model_max_length");
        if (!length.isInt() || length.intValue() < 3 || length.intValue() > LONGEST) {
            throw files.mistake(
                    TokenizerDirectory.CONFIGURATION,
                    "model_max_length is " + length,
                    "must be a whole number from 3 to " + LONGEST);
        }
        LibraryTokenizer tokenizer = LibraryTokenizer.open(files, OptionalInt.of(length.intValue()));
        boolean opened = false;
        try {
            String filler = padding(files);
            int padding = tokenizer
                    .id(filler)
                    .orElseThrow(() -> files.mistake(
                            TokenizerDirectory.CONFIGURATION,
                            "pad_token is " + filler,
                            "must be a token of the vocabulary"));
            opened = true;
            return new PromptTokenizer(tokenizer, length.intValue(), padding);
        } finally {
            if (!opened) {
                tokenizer.close();
            }
        }
    }

    private static String padding(TokenizerDirectory files) throws IOException {
        for (String name : new String[] {"special_tokens_map.json", TokenizerDirectory.CONFIGURATION}) {
            JsonNode given = files.json(name).path("pad_token");
            String token = given.isObject() ? given.path("content").asText() : given.asText();
            if (!token.isEmpty() && !given.isNull()) {
                return token;
            }
        }
        return ByteMerges.END;
    }

    /** How many tokens every prompt has. */
    public int length() {
        return length;
    }

    /**
     * A prompt's tokens: its beginning, itself, cut where it is long, its end, and what fills it up.
     *
     * @return {@link #length} ids
     * @throws InvalidInput when the tokenizer has no tokens for it
     */
    public int[] encode(String prompt) {
        long[] ids = tokenizer.encode(prompt, true).getIds();
        int[] tokens = new int[length];
        Arrays.fill(tokens, padding);
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
