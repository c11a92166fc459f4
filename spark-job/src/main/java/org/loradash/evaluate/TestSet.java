package org.loradash.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;

/**
 * The sets of commonsense reasoning in LLM-Adapters (arXiv 2304.01933) and LoRA-Dash (arXiv 2409.01035), in the order of
 * their tables, with LLM-Adapters' rule for finding an answer in what a model writes.
 */
public enum TestSet {
    BOOLQ("boolq", "true", "false"),
    PIQA("piqa", "solution1", "solution2"),
    SOCIAL_I_QA("social_i_qa", "answer1", "answer2", "answer3", "answer4", "answer5"),
    HELLASWAG("hellaswag", "ending1", "ending2", "ending3", "ending4"),
    WINOGRANDE("winogrande", "option1", "option2"),
    ARC_EASY("ARC-Easy", "answer1", "answer2", "answer3", "answer4", "answer5"),
    ARC_CHALLENGE("ARC-Challenge", "answer1", "answer2", "answer3", "answer4", "answer5"),
    OPENBOOKQA("openbookqa", "answer1", "answer2", "answer3", "answer4", "answer5");

    /** A model that goes on after its response with another one is heard to there. */
    private static final String NEXT_RESPONSE = "### Response:";

    private final String title;
    private final List<String> answers;
    private final Pattern answer;

    TestSet(String title, String... answers) {
        this.title = title;
        this.answers = List.of(answers);
        this.answer = Pattern.compile(String.join("|", answers));
    }

    /** The set's name, which is that of its directory in LLM-Adapters. */
    public String title() {
        return title;
    }

    /** The answers that any of its questions may have. */
    public List<String> answers() {
        return answers;
    }

    /**
     * The set of that name.
     *
     * @param where the setting that gives it, for messages
     * @throws InvalidInput where there is none
     */
    public static TestSet named(String where, String name) {
        return Arrays.stream(values())
                .filter(set -> set.title.equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInput.of(
                        where,
                        name,
                        "must be of "
                                + Arrays.stream(values()).map(TestSet::title).collect(Collectors.joining(", "))));
    }

    /**
     * The first of the set's answers that a response has in it, in these letters, be it a part of a longer word; nothing
     * where there is none. As LLM-Adapters' {@code extract_answer}, which sees a response up to the next one.
     */
    public Optional<String> answerIn(String response) {
        int next = response.indexOf(NEXT_RESPONSE);
        Matcher matcher = answer.matcher(next < 0 ? response : response.substring(0, next));
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }
}
