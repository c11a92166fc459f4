package org.loradash.evaluate;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a question itself says of its answers: it ends with {@code Answer format: answer1/answer2/answer3}. */
public final class AnswerFormat {
    private static final Pattern ENDING = Pattern.compile("Answer format:\\s*([^\\s/]+(?:/[^\\s/]+)+)\\s*$");

    private AnswerFormat() {}

    /** The answers that an instruction allows, all different, two at least; nothing where it does not say so. */
    public static Optional<List<String>> of(String instruction) {
        Matcher ending = ENDING.matcher(instruction);
        if (!ending.find()) {
            return Optional.empty();
        }
        List<String> answers = List.of(ending.group(1).split("/"));
        return Optional.of(answers).filter(all -> all.stream().distinct().count() == all.size());
    }

    /** The response that gives an answer, as the training records have it. */
    public static String response(String answer) {
        return "the correct answer is " + answer;
    }
}
