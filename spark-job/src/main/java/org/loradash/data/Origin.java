package org.loradash.data;

import java.util.Optional;

/** What an example was made of, for people. */
public interface Origin {
    /** The text that was encoded. */
    String text();

    /** The same as a question to a model, where it ends with one. */
    default Optional<Asked> asked() {
        return Optional.empty();
    }

    /** A text that a model is to go on with. @param tokens of it */
    record Asked(String text, int[] tokens) {}
}
