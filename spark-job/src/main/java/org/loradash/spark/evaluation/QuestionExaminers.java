package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.spark.broadcast.Broadcast;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.Answerer;
import org.loradash.evaluate.Asking;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.QuestionExaminer;
import org.loradash.evaluate.Questions;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;

/**
 * Makes what asks a decoder questions.
 *
 * @param sets all questions
 */
record QuestionExaminers(
        EvaluatedModel model, EvaluationSettings settings, Asking asking, Broadcast<List<Questions>> sets)
        implements ExaminerFactory<Examiner> {

    @Override
    public Shared<Examiner> open() throws IOException {
        try (ModelDirectory directory =
                ModelDirectory.open(model.configuration(), model.model().path())) {
            int vocabulary = DecoderShape.of(directory).vocabularySize();
            return new Opened(
                    this,
                    model.load(),
                    asking.tokenizer(model.configuration(), directory.path()),
                    directory.endTokens(vocabulary));
        }
    }

    private record Opened(QuestionExaminers of, EvaluatedModel.Loaded loaded, Tokenizer tokenizer, Set<Integer> ends)
            implements Shared<Examiner> {
        @Override
        public Examiner create() {
            Answerer answerer = new Answerer(
                    (Decoder) loaded.backbone(),
                    loaded.changes(),
                    tokenizer,
                    ends,
                    of.settings,
                    KernelProvider.best(),
                    of.model.threads());
            return new QuestionExaminer(answerer, of.sets.value());
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }
}
