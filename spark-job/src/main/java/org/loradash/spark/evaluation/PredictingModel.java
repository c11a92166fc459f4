package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.DataSettings;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.ModelSettings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.TaskInputs;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.spark.evaluation.EvaluationPlan.Found;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.source.Located;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;

/**
 * A model that predicts, as all processes find it, and how rows are put to it.
 *
 * @param found what a configuration or a run says of it
 * @param model whole path of the model directory, and how its weights are held
 * @param adapter whole path of the adapter on it
 * @param weights whole paths of the files that hold the model's weights
 * @param predicting how rows are put to it
 */
record PredictingModel(
        Found found, ModelSettings model, Optional<String> adapter, List<Path> weights, Predicting predicting) {

    /** @throws org.loradash.tsd.InvalidInput for what is not there or does not fit */
    static PredictingModel check(SettingsForEvaluation settings, Subject subject, Configuration hadoop) {
        Found found = EvaluationPlan.locate(settings, subject, hadoop);
        ModelSettings located = new ModelSettings(
                Located.whole("model.path", found.model(), hadoop),
                settings.model().storage());
        TaskInputs given = given(settings, found);
        TaskInputs inputs = new EvaluationPlan.Inputs(located, given.task(), given.data());
        try (ModelDirectory files = ModelDirectory.open(hadoop, found.model())) {
            ModelDirectory model = files.as(TaskKinds.model(inputs, files.shape()));
            Task<?, ?> task = TaskKinds.of(inputs).task(inputs, model.shape(), hadoop);
            Predicting predicting =
                    predicting(settings.evaluation(), given.data(), task, model, located.path(), hadoop);
            found.adapter().ifPresent(adapter -> PeftAdapter.check(hadoop, model, adapter));
            EvaluationPlan.missing(model, found.adapter(), hadoop).ifPresent(missing -> {
                throw missing;
            });
            predicting.reading().reader(hadoop).close();
            return new PredictingModel(
                    found,
                    located,
                    found.adapter().map(adapter -> Located.whole("--adapter", adapter, hadoop)),
                    Located.of(model.weights().files(), model.files()),
                    predicting);
        } catch (IOException e) {
            throw new UncheckedIOException(found.model(), e);
        }
    }

    /** What says how records are read: the run, or the configuration where there is none. */
    static TaskInputs given(SettingsForEvaluation settings, Found found) {
        return found.run().map(TaskInputs.class::cast).orElse(settings);
    }

    private static Predicting predicting(
            EvaluationSettings settings,
            DataSettings data,
            Task<?, ?> task,
            ModelDirectory model,
            String path,
            Configuration hadoop)
            throws IOException {
        if (task.unlabelledReader(hadoop).map(PredictingModel::closed).isPresent()) {
            return new LabelPredicting<>(task, LabelPredicting.PER_QUESTION * settings.batchSize());
        }
        DecoderShape decoder = DecoderShape.of(model);
        model.endTokens(decoder.vocabularySize());
        return new TextPredicting(data, settings, path, decoder.vocabularySize(), decoder.maximumPositions());
    }

    private static boolean closed(java.io.Closeable reader) {
        try {
            reader.close();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
