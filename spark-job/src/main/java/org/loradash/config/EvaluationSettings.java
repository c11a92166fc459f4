package org.loradash.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What evaluating a model needs of a configuration, in which there need be no training.
 *
 * @param output the directory of a run; nothing where the configuration has none
 * @param claimSeconds how long a driver may give no sign of life before another one takes its directory over
 * @param workers that share a machine's cores in local mode
 * @param table the settings that answers depend on, by key, as {@link SettingsText#table} writes them
 * @param spark Spark properties, full names to values
 */
public record EvaluationSettings(
        Optional<String> output,
        int claimSeconds,
        Settings.Model model,
        Settings.Evaluation evaluation,
        int workers,
        Map<String, String> table,
        Map<String, String> spark) {

    /** Of a run that is evaluated. */
    public static EvaluationSettings of(Settings settings) {
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.stream().filter(EvaluationSettings::decides).forEach(key -> key.text(settings)
                .ifPresent(text -> table.put(key.name(), text)));
        return new EvaluationSettings(
                Optional.of(settings.run().output()),
                settings.run().claimSeconds(),
                settings.model(),
                settings.evaluation(),
                settings.training().workers(),
                table,
                settings.spark());
    }

    /** What a configuration gives, which is not asked for what evaluating does not need. */
    static EvaluationSettings of(GivenValues given) {
        // What is given must be allowed, needed or not: a mistake is one before training too.
        Keys.ALL.forEach(given::optional);
        Settings.Model model = SettingsReader.model(given);
        Settings.Evaluation evaluation = SettingsReader.evaluation(given);
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.stream().filter(EvaluationSettings::decides).forEach(key -> given.text(key)
                .ifPresent(text -> table.put(key.name(), text)));
        return new EvaluationSettings(
                given.optional(Keys.OUTPUT),
                given.value(Keys.CLAIM_SECONDS),
                model,
                evaluation,
                given.value(Keys.WORKERS),
                table,
                given.spark());
    }

    /** Files are known by what is in them. */
    private static boolean decides(Key<?> key) {
        boolean files = key == Keys.EVALUATION_DATA || key == Keys.EVALUATION_SETS;
        return key == Keys.STORAGE || key.name().startsWith("evaluation.") && !files;
    }
}
