package org.loradash.spark.evaluation;

import java.util.Locale;
import org.loradash.config.TableSettings;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;

/**
 * What a person asks for beside a configuration.
 *
 * @param subject what predicts
 * @param input records in any source
 * @param source what the input is
 * @param output the directory of the files
 * @param format of the files
 */
public record PredictionRequest(
        Subject subject, String input, TableSettings.Source source, String output, Format format) {

    /** What files of predictions are. */
    public enum Format {
        PARQUET,
        JSON;

        /** As a person writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
