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
    void refusesAQuestionWithoutAnswers() {
        assertThatThrownBy(() -> new Question(new int[] {1}, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("question: a prompt and answers (must be there, of one token at least)");
    }
}
