package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.data.Tokenizer;
import org.loradash.generate.NoNumbers;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.model.ModelDirectory;
import org.loradash.tsd.Failure;

class AnswererTest {
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();

    /** Otherwise the first option would be the likeliest, and right where it is the answer. */
    @ParameterizedTest
    @CsvSource({
        "LIKELIHOOD, NaN, record 7: the log-probability of true is NaN (must be a finite number)",
        "GENERATION, NaN, record 7: the logit of token 0 is NaN (must be a finite number)"
    })
    void whatIsNoNumberIsNoAnswer(Settings.By by, float logit, String message) throws IOException {
        Question question = new Question(
                7, "Is water wet?", by == Settings.By.LIKELIHOOD ? List.of("true", "false") : List.of(), "true");
        Configuration hadoop = new Configuration();
        try (ModelDirectory directory = ModelDirectory.open(hadoop, MODEL);
                Tokenizer tokenizer = Tokenizer.open(hadoop, directory.path());
                Answerer answerer = answerer(directory.load(Settings.Storage.FLOAT32), logit, tokenizer, by)) {
            assertThatThrownBy(() -> answerer.answer(TestSet.BOOLQ, List.of(question)))
                    .isInstanceOf(Failure.class)
                    .hasMessage(message);
        }
    }

    private static Answerer answerer(Model model, float logit, Tokenizer tokenizer, Settings.By by) {
        return new Answerer(
                new NoNumbers(model, logit),
                Changes.none(),
                tokenizer,
                Set.of(),
                settings(by),
                KernelProvider.best(),
                1);
    }

    private static Settings.Evaluation settings(Settings.By by) {
        return new Settings.Evaluation(List.of(), List.of(), 0, by, 8, 32, 4, 1, false, 1, 0, 1, 0);
    }
}
