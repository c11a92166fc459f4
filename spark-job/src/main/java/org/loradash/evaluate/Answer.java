package org.loradash.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.loradash.tsd.io.Sha256;

/** What a model answered to a question. */
public sealed interface Answer {
    ObjectMapper JSON = new ObjectMapper();

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
     */
    record Likeliest(Question question, double[] logProbabilities) implements Answer {
        @Override
        public Optional<String> given() {
            int best = 0;
            for (int i = 1; i < logProbabilities.length; i++) {
                best = logProbabilities[i] > logProbabilities[best] ? i : best;
            }
            return Optional.of(question.options().get(best));
        }
    }

    /** The answer as a line of a file, with its line feed. */
    default String line(TestSet set) {
        ObjectNode line = JSON.createObjectNode()
                .put("set", set.title())
                .put("index", question().index())
                .put("prompt_sha256", Sha256.of(question().prompt()));
        if (this instanceof Written written) {
            line.put("generated", written.text()).put("ended", written.ended());
        } else if (this instanceof Likeliest likeliest) {
            ObjectNode logProbabilities = line.putObject("log_probabilities");
            List<String> options = question().options();
            for (int i = 0; i < options.size(); i++) {
                logProbabilities.put(options.get(i), likeliest.logProbabilities()[i]);
            }
        }
        line.put("extracted", given().orElse(null))
                .put("answer", question().answer())
                .put("correct", isCorrect());
        return line + "\n";
    }

    /**
     * What a line says of its question, for whoever counts.
     *
     * @param set its title
     */
    record Verdict(String set, int index, boolean correct) {}

    /** Reads a line; nothing where it is not one. */
    static Optional<Verdict> verdict(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            boolean whole = json != null
                    && json.path("set").isTextual()
                    && json.path("index").isInt()
                    && json.path("correct").isBoolean();
            return whole
                    ? Optional.of(new Verdict(
                            json.get("set").textValue(),
                            json.get("index").intValue(),
                            json.get("correct").booleanValue()))
                    : Optional.empty();
        } catch (JsonProcessingException cut) {
            return Optional.empty();
        }
    }
}
