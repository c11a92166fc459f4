package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.Accuracies;
import org.loradash.evaluate.Answerer;
import org.loradash.evaluate.Asking;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.EvaluationDirectory.Standing;
import org.loradash.evaluate.Line;
import org.loradash.evaluate.Question;
import org.loradash.evaluate.Questions;
import org.loradash.evaluate.Results;
import org.loradash.evaluate.SetSize;
import org.loradash.figure.Proportion;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.run.EvaluationProgress;
import org.loradash.tsd.InvalidInput;

/** Questions whose answers a decoder writes or finds the likeliest. */
record QuestionExamination(EvaluationSettings settings, Asking asking, List<Questions> sets) implements Examination {

    /** @throws InvalidInput for a mistake in the questions, or a model that cannot answer them */
    static QuestionExamination check(
            EvaluationSettings settings, Asking asking, ModelDirectory model, Configuration hadoop) throws IOException {
        List<Questions> sets = Questions.read(settings, asking.prompt(hadoop, model.path()), hadoop);
        DecoderShape decoder = DecoderShape.of(model);
        model.endTokens(decoder.vocabularySize());
        try (Tokenizer tokenizer = asking.tokenizer(hadoop, model.path())) {
            for (Questions questions : sets) {
                for (Question question : questions.all()) {
                    checkLength(questions, question, settings, tokenizer, decoder);
                }
            }
        }
        return new QuestionExamination(settings, asking, sets);
    }

    private static void checkLength(
            Questions questions,
            Question question,
            EvaluationSettings settings,
            Tokenizer tokenizer,
            DecoderShape model) {
        Answerer.Size size = Answerer.size(question, tokenizer, settings);
        String where = "%s question %d".formatted(questions.set().title(), question.index());
        if (size.largest() >= model.vocabularySize()) {
            throw InvalidInput.of(
                    where,
                    "token " + size.largest() + " of the tokenizer",
                    "must be from 0 to " + (model.vocabularySize() - 1)
                            + ", the model's vocabulary; tokenizer.json is another model's");
        }
        if (size.tokens() > model.maximumPositions()) {
            throw InvalidInput.of(
                    where,
                    size.tokens() + " tokens with its answer",
                    "must be at most %d, the model's max_position_embeddings".formatted(model.maximumPositions()));
        }
    }

    @Override
    public EvaluationProgress.Kind kind() {
        return EvaluationProgress.Kind.ANSWERS;
    }

    @Override
    public List<String> titles() {
        return sets.stream().map(questions -> questions.set().title()).toList();
    }

    @Override
    public Map<String, String> hashes() {
        Map<String, String> hashes = new LinkedHashMap<>();
        sets.forEach(questions -> hashes.put(questions.set().title(), questions.sha256()));
        return hashes;
    }

    @Override
    public Line.Reader reader() {
        return Line::ofAnswer;
    }

    @Override
    public Ready prepare(JavaSparkContext spark, EvaluatedModel model, EvaluationDirectory directory) {
        return new Ready(sizes(), hashes(), new QuestionExaminers(model, settings, asking, spark.broadcast(sets)));
    }

    private List<SetSize> sizes() {
        return sets.stream()
                .map(questions ->
                        new SetSize(questions.set().title(), questions.all().size()))
                .toList();
    }

    @Override
    public Results results(EvaluationDirectory directory) {
        return new Accuracies(sizes().stream()
                .map(size -> {
                    Standing standing = directory.standing(size, settings.partSize(), reader(), ignored -> {});
                    return new Accuracies.OfSet(size.set(), new Proportion(standing.correct(), standing.done()));
                })
                .toList());
    }
}
