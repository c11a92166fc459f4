package org.loradash.generate;

import java.util.OptionalInt;

/**
 * What a cache must have room for.
 *
 * @param tokens of all sequences from beginning to end, those that they share counted once
 * @param sequences that are followed at a time
 * @param together tokens that go through the model at once, at most
 * @param longest the longest sequence in the end, in tokens, on which some models' rotary angles depend
 */
record Demand(long tokens, long sequences, long together, int longest) {

    /**
     * How many slots layers with a window need: a sequence's newest token attends to window - 1 before it, and those of the tokens
     * that are computed are all needed until they are.
     *
     * @param window absent where layers attend to all tokens
     */
    long slots(OptionalInt window) {
        return window.isPresent() ? Math.min(tokens, sequences * (window.getAsInt() - 1L) + together) : tokens;
    }
}
