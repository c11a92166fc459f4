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
public record SettingsForEvaluation(
        Optional<String> output,
        int claimSeconds,
        ModelSettings model,
        EvaluationSettings evaluation,
        int workers,
        Map<String, String> table,
        Map<String, String> spark) {

    /** Of a run that is evaluated. */
    public static SettingsForEvaluation of(Settings settings) {
        return of(new SettledValues(settings, (key, path) -> path));
    }

    /** What a configuration gives, which is not asked for what evaluating does not need. */
    static SettingsForEvaluation of(Values given) {
        // What is given must be allowed, needed or not: a mistake is one before training too.
        Keys.ALL.forEach(given::optional);
        ModelSettings model = ModelSettings.of(given);
        EvaluationSettings evaluation = EvaluationSettings.of(given);
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.stream().filter(SettingsForEvaluation::decides).forEach(key -> given.text(key)
                .ifPresent(text -> table.put(key.name(), text)));
        return new SettingsForEvaluation(
                given.optional(RunSettings.OUTPUT),
                given.value(RunSettings.CLAIM_SECONDS),
                model,
                evaluation,
                given.value(TrainingSettings.WORKERS),
                table,
                given.spark());
    }

    /** Files are known by what is in them. */
    private static boolean decides(Key<?> key) {
        boolean files = key == EvaluationSettings.DATA || key == EvaluationSettings.SETS;
        return key == ModelSettings.STORAGE || EvaluationSettings.KEYS.contains(key) && !files;
    }
}
