package org.loradash.generate;

import java.util.Set;
import org.loradash.tsd.InvalidInput;

/**
 * What is generated for each prompt.
 *
 * @param maxTokens the most new tokens
 * @param ends tokens that end a text
 * @param batch prompts that are computed together
 */
public record Options(Decoding decoding, int maxTokens, Set<Integer> ends, int batch) {
    private static final int MOST_TOKENS = 1 << 20;
    private static final int LARGEST_BATCH = 4096;

    public Options {
        ends = Set.copyOf(ends);
        if (maxTokens < 1 || maxTokens > MOST_TOKENS) {
            throw InvalidInput.of("max-tokens", maxTokens, "must be from 1 to " + MOST_TOKENS);
        }
        if (batch < 1 || batch > LARGEST_BATCH) {
            throw InvalidInput.of("batch", batch, "must be from 1 to " + LARGEST_BATCH);
        }
    }
}
