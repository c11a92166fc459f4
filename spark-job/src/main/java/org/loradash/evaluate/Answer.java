package org.loradash.evaluate;

import java.util.Optional;
import org.loradash.tsd.InvalidInput;

/** What a model answered to a question. */
public sealed interface Answer {
    Question question();

    /** The answer that it comes down to; nothing where there is none in what the model wrote. */
    Optional<String> given();

    /** Whether it is the right one. */
    default boolean isCorrect() {
        return given().filter(question().answer()::equals).isPresent();
    }

    /**
     * By what the model wrote.
     *
     * @param text all of it
     * @param ended whether the model ended it, or it reached the most tokens
     */
    record Written(Question question, String text, boolean ended, Optional<String> given) implements Answer {}

    /**
     * By the likeliest of the question's options; of equally likely ones the first.
     *
     * @param logProbabilities of the response with each option behind the prompt, summed over the response's tokens
     * @throws InvalidInput where one is not finite: the model does not answer then, neither right nor wrong
     */
    record Likeliest(Question question, double[] logProbabilities) implements Answer {
        public Likeliest {
            for (int i = 0; i < logProbabilities.length; i++) {
                if (!Double.isFinite(logProbabilities[i])) {
                    throw InvalidInput.of(
                            "question %d: log-probability of %s"
                                    .formatted(
                                            question.index(), question.options().get(i)),
                            logProbabilities[i],
                            "must be finite; weights, their storage or the adapter make numbers that are not");
                }
            }
        }

        @Override
        public Optional<String> given() {
            int best = 0;
            for (int i = 1; i < logProbabilities.length; i++) {
                best = logProbabilities[i] > logProbabilities[best] ? i : best;
            }
            return Optional.of(question.options().get(best));
        }
    }
}
