package org.loradash.evaluate;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;

/**
 * A set of questions, with LLM-Adapters' rule for finding an answer in what a model writes.
 *
 * @param title its name, which is that of its directory in LLM-Adapters
 * @param answers that any of its questions may have; empty where each question names its own
 */
public record TestSet(String title, List<String> answers) implements Serializable {
    public static final TestSet BOOLQ = of("boolq", "true", "false");
    public static final TestSet ARC_EASY = of("ARC-Easy", "answer1", "answer2", "answer3", "answer4", "answer5");

    /**
     * Those of commonsense reasoning in LLM-Adapters (arXiv 2304.01933) and LoRA-Dash (arXiv 2409.01035), in the order of
     * their tables.
     */
    public static final List<TestSet> COMMONSENSE = List.of(
            BOOLQ,
            of("piqa", "solution1", "solution2"),
            of("social_i_qa", "answer1", "answer2", "answer3", "answer4", "answer5"),
            of("hellaswag", "ending1", "ending2", "ending3", "ending4"),
            of("winogrande", "option1", "option2"),
            ARC_EASY,
            of("ARC-Challenge", "answer1", "answer2", "answer3", "answer4", "answer5"),
            of("openbookqa", "answer1", "answer2", "answer3", "answer4", "answer5"));

    /** A model that goes on after its response with another one is heard to there. */
    private static final String NEXT_RESPONSE = "### Response:";

    /** That of a file of answers, without its ending. */
    private static final Pattern TITLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private static TestSet of(String title, String... answers) {
        return new TestSet(title, List.of(answers));
    }

    /**
     * The set of commonsense reasoning of that name, or another one, whose questions name their answers.
     *
     * @param where the setting that gives it, for messages
     * @throws InvalidInput where it cannot be a set's name
     */
    public static TestSet named(String where, String name) {
        if (!TITLE.matcher(name).matches()) {
            throw InvalidInput.of(
                    where, name, "must be letters, digits, dots, hyphens and underscores as a set's name");
        }
        return COMMONSENSE.stream()
                .filter(set -> set.title.equals(name))
                .findFirst()
                .orElseGet(() -> of(name));
    }

    /** Before which others its figures are told: those of commonsense reasoning first, in their order. */
    int place() {
        int place = COMMONSENSE.indexOf(this);
        return place < 0 ? COMMONSENSE.size() : place;
    }

    /** This set, with a question's own answers where it has none. */
    TestSet allowing(List<String> options) {
        return answers.isEmpty() ? new TestSet(title, options) : this;
    }

    /**
     * The first of the set's answers that a response has in it, in these letters, be it a part of a longer word; nothing
     * where there is none. As LLM-Adapters' {@code extract_answer}, which sees a response up to the next one.
     */
    public Optional<String> answerIn(String response) {
        int next = response.indexOf(NEXT_RESPONSE);
        // Of two that begin alike the longer one is meant.
        Pattern answer = Pattern.compile(answers.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        Matcher matcher = answer.matcher(next < 0 ? response : response.substring(0, next));
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }
}
