package org.loradash.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What evaluating a model needs of a configuration, in which there need be no training.
 *
 * @param output the directory of a run; nothing where the configuration has none
 * @param claimSeconds how long a driver may give no sign of life before another one takes its directory over
 * @param workers that share a machine's cores in local mode
 * @param task what the model was trained for, with {@code data} how its records are read
 * @param table the settings that answers depend on, by key, as {@link SettingsText#table} writes them
 * @param taskTable likewise the settings that predictions of labels depend on beside them
 * @param spark Spark properties, full names to values
 */
public record SettingsForEvaluation(
        Optional<String> output,
        int claimSeconds,
        ModelSettings model,
        TaskSettings task,
        DataSettings data,
        EvaluationSettings evaluation,
        int workers,
        Map<String, String> table,
        Map<String, String> taskTable,
        Map<String, String> spark)
        implements TaskInputs {

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
        return new SettingsForEvaluation(
                given.optional(RunSettings.OUTPUT),
                given.value(RunSettings.CLAIM_SECONDS),
                model,
                TaskSettings.of(given),
                DataSettings.forEvaluation(given),
                evaluation,
                given.value(TrainingSettings.WORKERS),
                table(given, SettingsForEvaluation::decides),
                table(given, SettingsForEvaluation::decidesLabels),
                given.spark());
    }

    private static Map<String, String> table(Values given, Predicate<Key<?>> which) {
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.stream().filter(which).forEach(key -> given.text(key).ifPresent(text -> table.put(key.name(), text)));
        return table;
    }

    /** Files are known by what is in them. */
    private static boolean decides(Key<?> key) {
        boolean files = key == EvaluationSettings.DATA || key == EvaluationSettings.SETS;
        return key == ModelSettings.STORAGE || EvaluationSettings.KEYS.contains(key) && !files;
    }

    /** How a record becomes tokens and a label. */
    private static boolean decidesLabels(Key<?> key) {
        List<Key<?>> ofTraining =
                List.of(DataSettings.TRAIN, DataSettings.TRAIN_ON_INPUTS, DataSettings.SHUFFLE, DataSettings.PACKING);
        return key == TaskSettings.KIND
                || key == TaskSettings.LABELS
                || DataSettings.KEYS.contains(key) && !ofTraining.contains(key);
    }
}
