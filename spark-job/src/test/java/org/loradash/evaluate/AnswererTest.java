package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.generate.NoNumbers;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.tsd.Failure;

class AnswererTest {
    /** Otherwise the first option would be the likeliest, and right where it is the answer. */
    @ParameterizedTest
    @CsvSource({
        "LIKELIHOOD, record 7: the log-probability of true is NaN (must be a finite number)",
        "GENERATION, record 7: the logit of token 0 is NaN (must be a finite number)"
    })
    void whatIsNoNumberIsNoAnswer(EvaluationSettings.By by, String message) throws IOException {
        Question question = new Question(7, "Is water wet?", List.of("true", "false"), "true");
        EvaluationSettings settings =
                new EvaluationSettings(List.of(), List.of(), 0, by, 8, 32, 4, 1, false, 1, 0, 1, 0);
        try (Tokenizer tokenizer = Tokenizer.open(new Configuration(), Fixtures.hadoopPath("tiny-llama/model"));
                Answerer answerer = new Answerer(
                        NoNumbers.model(), Changes.none(), tokenizer, Set.of(), settings, KernelProvider.best(), 1)) {
            assertThatThrownBy(() -> answerer.answer(TestSet.BOOLQ, List.of(question)))
                    .isInstanceOf(Failure.class)
                    .hasMessage(message);
        }
    }
}
