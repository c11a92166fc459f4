package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

class AnswerTest {
    private static final Question QUESTION = new Question(3, "Is water wet?", List.of("true", "false"), "true");

    @Test
    void theLikeliestOptionIsTheAnswerAndOfEqualOnesTheFirst() {
        assertThat(new Answer.Likeliest(QUESTION, new double[] {-2, -1}).given())
                .contains("false");
        assertThat(new Answer.Likeliest(QUESTION, new double[] {-1, -1}).isCorrect())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aScoreThatIsNotFiniteIsNoAnswer(double score) {
        assertThatThrownBy(() -> new Answer.Likeliest(QUESTION, new double[] {-1, score}))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "question 3: log-probability of false: %s (must be finite; weights, their storage or the"
                                + " adapter make numbers that are not)",
                        score);
    }
}
