package org.loradash.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.loradash.tsd.io.Sha256;

/**
 * What a line of a file of answers says of its question, for whoever counts.
 *
 * @param set its title
 * @param loss the negative logarithm of the right answer's share of the probability of all options, in nats; nothing where
 *     the model wrote its answer
 */
record AnswerLine(String set, int index, boolean correct, OptionalDouble loss) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An answer as a line, with its line feed. */
    static String of(TestSet set, Answer answer) {
        Question question = answer.question();
        ObjectNode line = JSON.createObjectNode()
                .put("set", set.title())
                .put("index", question.index())
                .put("prompt_sha256", Sha256.of(question.prompt()));
        if (answer instanceof Answer.Written written) {
            line.put("generated", written.text()).put("ended", written.ended());
        } else if (answer instanceof Answer.Likeliest likeliest) {
            ObjectNode logProbabilities = line.putObject("log_probabilities");
            List<String> options = question.options();
            for (int i = 0; i < options.size(); i++) {
                logProbabilities.put(options.get(i), likeliest.logProbabilities()[i]);
            }
        }
        line.put("extracted", answer.given().orElse(null))
                .put("answer", question.answer())
                .put("correct", answer.isCorrect());
        return line + "\n";
    }

    /** Reads a line; nothing where it is not one. */
    static Optional<AnswerLine> read(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            boolean whole = json != null
                    && json.path("set").isTextual()
                    && json.path("index").isInt()
                    && json.path("correct").isBoolean()
                    && areNumbers(json.path("log_probabilities"));
            return whole
                    ? Optional.of(new AnswerLine(
                            json.get("set").textValue(),
                            json.get("index").intValue(),
                            json.get("correct").booleanValue(),
                            loss(
                                    json.path("log_probabilities"),
                                    json.path("answer").asText())))
                    : Optional.empty();
        } catch (JsonProcessingException cut) {
            return Optional.empty();
        }
    }

    private static boolean areNumbers(JsonNode logProbabilities) {
        return StreamSupport.stream(logProbabilities.spliterator(), false).allMatch(JsonNode::isNumber);
    }

    private static OptionalDouble loss(JsonNode logProbabilities, String answer) {
        if (!logProbabilities.path(answer).isNumber()) {
            return OptionalDouble.empty();
        }
        double right = logProbabilities.get(answer).doubleValue();
        double sum = 0;
        for (JsonNode option : logProbabilities) {
            sum += Math.exp(option.asDouble() - right);
        }
        return OptionalDouble.of(Math.log(sum));
    }
}
