package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.DataSettings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.evaluate.Asking;
import org.loradash.evaluate.Identity;
import org.loradash.spark.evaluation.EvaluationPlan.Found;
import org.loradash.spark.source.Located;

/**
 * What a prediction is going to do, checked before any long work starts.
 *
 * @param model that predicts
 * @param rows how the input is read
 * @param input the input as all processes find it
 * @param identity all of it but the hashes of the model and the input
 */
record PredictionPlan(PredictingModel model, DataSettings rows, String input, Identity identity) {

    /** @throws org.loradash.tsd.InvalidInput for what is not there or does not fit */
    static PredictionPlan check(SettingsForEvaluation settings, PredictionRequest request, Configuration hadoop) {
        PredictingModel model = PredictingModel.check(settings, request.subject(), hadoop);
        Found found = model.found();
        DataSettings data = PredictingModel.given(settings, found).data();
        // Rows keep all that they have, so Spark reads tables whatever the task reads of them.
        DataSettings rows = data.with(DataSettings.Format.INSTRUCTION, request.source());
        Map<String, String> table = new LinkedHashMap<>(settings.table());
        table.putAll(new Asking(data).table());
        table.putAll(found.run().map(SettingsForEvaluation::of).orElse(settings).taskTable());
        table.put("--format", request.format().toString());
        try {
            return new PredictionPlan(
                    model,
                    rows,
                    Located.entry(rows, "--input", request.input(), hadoop),
                    EvaluationPlan.identity(table, found, hadoop));
        } catch (IOException e) {
            throw new UncheckedIOException(found.model(), e);
        }
    }
}
