package org.loradash.generate;

import org.loradash.tsd.InvalidInput;

/** How the next token is chosen. */
public sealed interface Decoding {

    /** Always the likeliest token. */
    record Greedy() implements Decoding {}

    /**
     * Beam search as transformers' {@code generate} does it, with {@code early_stopping=False}: the best of as many ended
     * sequences as there are beams, by the mean of their tokens' log-probabilities where the penalty is 1.
     *
     * @param count of sequences that are followed at once
     * @param lengthPenalty the sum of log-probabilities is divided by length^penalty
     */
    record Beams(int count, double lengthPenalty) implements Decoding {
        private static final int MOST = 256;

        public Beams {
            if (count < 1 || count > MOST) {
                throw InvalidInput.of("beams", count, "must be from 1 to " + MOST);
            }
            if (!Double.isFinite(lengthPenalty)) {
                throw InvalidInput.of("length penalty", lengthPenalty, "must be a number");
            }
        }

        public Beams(int count) {
            this(count, 1.0);
        }
    }

    /**
     * At random, by the probabilities of the tokens that are left after three filters, in transformers' order.
     *
     * @param temperature logits are divided by it
     * @param topK only the likeliest so many tokens are left; 0: all
     * @param topP of those, the fewest whose probabilities add up to this much; 1: all
     * @param seed what is drawn for a record is a function of the seed and the record's index alone
     */
    record Sampling(double temperature, int topK, double topP, long seed) implements Decoding {
        public Sampling {
            if (!(temperature > 0) || !Double.isFinite(temperature)) {
                throw InvalidInput.of("temperature", temperature, "must be above 0; greedy decoding needs none");
            }
            if (topK < 0) {
                throw InvalidInput.of("top-k", topK, "must be at least 1, or 0 for all tokens");
            }
            if (!(topP > 0 && topP <= 1)) {
                throw InvalidInput.of("top-p", topP, "must be above 0 and at most 1");
            }
        }
    }
}
