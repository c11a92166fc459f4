package org.loradash.data;

import org.loradash.tsd.InvalidInput;

/** What a model has rows for. */
final class Vocabulary {
    private Vocabulary() {}

    /** @throws InvalidInput where a record has a token that the model lacks */
    static void check(int[] tokens, int size, RecordPosition position) {
        for (int token : tokens) {
            if (token >= size) {
                throw InvalidInput.of(
                        position.toString(),
                        "token " + token + " of the tokenizer",
                        "must be from 0 to " + (size - 1)
                                + ", the model's vocabulary; tokenizer.json is another model's");
            }
        }
    }
}
