package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.generate.Likelihood.Question;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;

class LikelihoodTest {
    @Test
    void isTheSumOfTheTokensLogProbabilitiesInTransformers() {
        List<int[]> answers = Expected.tokens(Expected.JSON.get("likelihood").get("answers"));
        List<Question> questions = Expected.prompts().stream()
                .map(prompt -> new Question(prompt, answers))
                .toList();
        JsonNode sums = Expected.JSON.get("likelihood").get("sums");
        try (Likelihood likelihood =
                new Likelihood(Expected.model(Storage.FLOAT32), Changes.none(), KernelProvider.best(), 2)) {
            List<double[]> all = likelihood.logLikelihoods(questions);
            assertThat(all).hasSize(sums.size());
            for (int i = 0; i < all.size(); i++) {
                for (int j = 0; j < answers.size(); j++) {
                    assertThat(all.get(i)[j])
                            .as("prompt %d, answer %d", i, j)
                            .isCloseTo(sums.get(i).get(j).asDouble(), within(1e-4));
                }
            }
        }
    }

    @Test
    void questionsTogetherAreAsEachAlone() {
        List<int[]> prompts = Expected.prompts();
        List<Question> questions = List.of(
                new Question(prompts.get(0), List.of(new int[] {5}, new int[] {6, 7, 8}, new int[] {6, 7})),
                new Question(prompts.get(1), List.of(new int[] {9}, new int[] {3})),
                new Question(prompts.get(0), List.of(new int[] {4, 4, 4, 4})));
        try (Likelihood likelihood =
                new Likelihood(Expected.model(Storage.FLOAT32), Changes.none(), KernelProvider.best(), 2)) {
            List<double[]> together = likelihood.logLikelihoods(questions);
            for (int i = 0; i < questions.size(); i++) {
                assertThat(together.get(i))
                        .as("question %d", i)
                        .containsExactly(
                                likelihood
                                        .logLikelihoods(List.of(questions.get(i)))
                                        .get(0),
                                within(1e-4));
            }
        }
    }

    @Test
    void refusesAQuestionWithoutAnswers() {
        assertThatThrownBy(() -> new Question(new int[] {1}, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("question: a prompt and answers (must be there, of one token at least)");
    }
}
