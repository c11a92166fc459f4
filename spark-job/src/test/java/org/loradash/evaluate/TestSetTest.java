package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.loradash.tsd.InvalidInput;

class TestSetTest {
    /** The alternatives of the regular expressions in LLM-Adapters' commonsense_evaluate.py. */
    private static final Map<String, List<String>> REFERENCE = Map.of(
            "boolq", List.of("true", "false"),
            "piqa", List.of("solution1", "solution2"),
            "social_i_qa", List.of("answer1", "answer2", "answer3", "answer4", "answer5"),
            "ARC-Challenge", List.of("answer1", "answer2", "answer3", "answer4", "answer5"),
            "ARC-Easy", List.of("answer1", "answer2", "answer3", "answer4", "answer5"),
            "openbookqa", List.of("answer1", "answer2", "answer3", "answer4", "answer5"),
            "hellaswag", List.of("ending1", "ending2", "ending3", "ending4"),
            "winogrande", List.of("option1", "option2"));

    @Test
    void areTheReferences() {
        assertThat(TestSet.COMMONSENSE.stream().map(TestSet::title))
                .containsExactlyInAnyOrderElementsOf(REFERENCE.keySet());
        for (TestSet set : TestSet.COMMONSENSE) {
            assertThat(set.answers()).as(set.title()).isEqualTo(REFERENCE.get(set.title()));
        }
    }

    @ParameterizedTest
    @FieldSource("org.loradash.evaluate.TestSet#COMMONSENSE")
    void findsEachAnswerWhereTrainingPutsIt(TestSet set) {
        for (String answer : set.answers()) {
            assertThat(set.answerIn("the correct answer is " + answer)).contains(answer);
            assertThat(set.answerIn("\n  " + answer + "\n")).contains(answer);
        }
        assertThat(set.answerIn("")).isEmpty();
        assertThat(set.answerIn("the correct answer is")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "boolq, it is not false but true, false",
        "boolq, untrue, true",
        "boolq, falsehood, false",
        "piqa, solution2 or solution1, solution2",
        "piqa, solution12, solution1",
        "social_i_qa, answer12, answer1",
        "ARC-Easy, answer5 answer1, answer5",
        "ARC-Challenge, xanswer3y, answer3",
        "openbookqa, answer6 answer2, answer2",
        "hellaswag, ending5 ending4, ending4",
        "winogrande, option3 option2, option2"
    })
    void takesTheFirstMatchBeItAPartOfAWord(String set, String text, String expected) {
        assertThat(TestSet.named("set", set).answerIn(text)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "boolq, True",
        "boolq, FALSE",
        "boolq, yes",
        "piqa, Solution1",
        "piqa, solution 1",
        "piqa, solution3",
        "social_i_qa, Answer1",
        "ARC-Easy, answer 1",
        "ARC-Challenge, answer0",
        "openbookqa, answer6",
        "hellaswag, ending5",
        "hellaswag, answer1",
        "winogrande, option3"
    })
    void isLiteral(String set, String text) {
        assertThat(TestSet.named("set", set).answerIn(text)).isEmpty();
    }

    @Test
    void hearsAResponseUpToTheNextOne() {
        assertThat(TestSet.BOOLQ.answerIn("I do not know\n\n### Response:\ntrue"))
                .isEmpty();
        assertThat(TestSet.BOOLQ.answerIn("false\n\n### Response:\ntrue")).contains("false");
        assertThat(TestSet.BOOLQ.answerIn("### Instruction: true")).contains("true");
    }

    @Test
    void takesAnotherSetsAnswersFromItsQuestions() {
        TestSet topics = TestSet.named("evaluation.sets", "topics").allowing(List.of("art", "arts", "c++"));
        assertThat(topics.title()).isEqualTo("topics");
        assertThat(topics.answerIn("the correct answer is arts")).contains("arts");
        assertThat(topics.answerIn("c++ or art")).contains("c++");
        assertThat(topics.answerIn("ccc")).isEmpty();
        assertThat(TestSet.BOOLQ.allowing(List.of("yes", "no"))).isEqualTo(TestSet.BOOLQ);
    }

    @Test
    void refusesWhatCannotNameAFile() {
        assertThatThrownBy(() -> TestSet.named("evaluation.sets", "a/b"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "evaluation.sets: a/b (must be letters, digits, dots, hyphens and underscores as a set's name)");
    }
}
