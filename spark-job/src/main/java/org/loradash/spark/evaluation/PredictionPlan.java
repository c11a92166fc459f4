package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.DataSettings;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.ModelSettings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.TaskInputs;
import org.loradash.evaluate.Asking;
import org.loradash.evaluate.Identity;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.spark.evaluation.EvaluationPlan.Found;
import org.loradash.spark.source.Located;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.tsd.InvalidInput;

/**
 * What a prediction is going to do, checked before any long work starts.
 *
 * @param model whole path of the model directory that predicts, and how its weights are held
 * @param adapter whole path of the adapter on it
 * @param weights the files that hold the model's weights
 * @param predicting how rows are put to it
 * @param rows how the input is read
 * @param input the input as all processes find it
 * @param identity all of it but the hashes of the model and the input
 */
record PredictionPlan(
        ModelSettings model,
        Optional<String> adapter,
        List<Path> weights,
        Predicting predicting,
        DataSettings rows,
        String input,
        Identity identity) {

    /** @throws InvalidInput for what is not there or does not fit */
    static PredictionPlan check(SettingsForEvaluation settings, PredictionRequest request, Configuration hadoop) {
        Found found = EvaluationPlan.locate(settings, request.subject(), hadoop);
        ModelSettings located = new ModelSettings(
                Located.whole("model.path", found.model(), hadoop),
                settings.model().storage());
        TaskInputs given = found.run().map(TaskInputs.class::cast).orElse(settings);
        TaskInputs inputs = new EvaluationPlan.Inputs(located, given.task(), given.data());
        // Rows keep all that they have, so Spark reads tables whatever the task reads of them.
        DataSettings rows = given.data().with(DataSettings.Format.INSTRUCTION, request.source());
        try (ModelDirectory files = ModelDirectory.open(hadoop, found.model())) {
            ModelDirectory model = files.as(TaskKinds.model(inputs, files.shape()));
            Task<?, ?> task = TaskKinds.of(inputs).task(inputs, model.shape(), hadoop);
            Predicting predicting =
                    predicting(settings.evaluation(), given.data(), task, model, located.path(), hadoop);
            found.adapter().ifPresent(adapter -> PeftAdapter.check(hadoop, model, adapter));
            EvaluationPlan.checkHead(model, found.adapter(), hadoop);
            predicting.reading().reader(hadoop).close();
            Map<String, String> table = new LinkedHashMap<>(settings.table());
            table.putAll(new Asking(given.data()).table());
            table.putAll(
                    found.run().map(SettingsForEvaluation::of).orElse(settings).taskTable());
            table.put("--format", request.format().toString());
            return new PredictionPlan(
                    located,
                    found.adapter().map(adapter -> Located.whole("--adapter", adapter, hadoop)),
                    model.weights().files(),
                    predicting,
                    rows,
                    Located.entry(rows, "--input", request.input(), hadoop),
                    EvaluationPlan.identity(table, found, hadoop));
        } catch (IOException e) {
            throw new UncheckedIOException(found.model(), e);
        }
    }

    private static Predicting predicting(
            EvaluationSettings settings,
            DataSettings data,
            Task<?, ?> task,
            ModelDirectory model,
            String path,
            Configuration hadoop)
            throws IOException {
        if (task.unlabelledReader(hadoop).map(PredictionPlan::closed).isPresent()) {
            return new LabelPredicting<>(task, settings.batchSize());
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
