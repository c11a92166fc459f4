package org.loradash.config;

import static org.loradash.config.ValueType.classes;
import static org.loradash.config.ValueType.namesOrNone;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.oneOf;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a model is trained for.
 *
 * @param kind the name of one of {@link Tasks}
 * @param train modules trained whole beside the adapter, by names or their endings at a dot; nothing for those that begin
 *     untrained
 * @param labels the classes of a classification; nothing for those of the model's own head
 * @param dropout probability that an input of the last layer of a head is zeroed, from 0 to below 1
 * @param denoising what is told to learn of noise
 */
public record TaskSettings(
        String kind,
        Optional<List<String>> train,
        Optional<Labels> labels,
        double dropout,
        DenoisingSettings denoising) {
    static final Key<String> KIND = Key.of(
            "task.kind",
            oneOf(Tasks.ALL.stream().map(TaskRules::name).toList()),
            "language",
            "what the model is trained for. "
                    + Tasks.ALL.stream()
                            .map(task -> task.name() + ": " + task.meaning())
                            .collect(Collectors.joining(". ")),
            settings -> settings.task().kind());

    static final Key<List<String>> TRAIN = Key.optional(
            "task.train",
            namesOrNone("a list of different module names, or []"),
            "modules that are trained whole beside the adapter, such as lm_head; not given: those of classifier, pooler and"
                    + " score that the model has",
            settings -> settings.task().train());

    static final Key<Labels> LABELS = Key.optional(
            "task.labels",
            classes(),
            "classification: how many classes there are, or a list of their names; not given: those of the model's own head",
            settings -> settings.task().labels());

    static final Key<Double> DROPOUT = Key.of(
            "task.dropout",
            number("from 0 to below 1", value -> value >= 0 && value < 1),
            0.0,
            "classification, regression: dropout before the last layer of the head",
            settings -> settings.task().dropout());

    static final List<Key<?>> KEYS = Stream.of(List.<Key<?>>of(KIND, TRAIN, LABELS, DROPOUT), DenoisingSettings.KEYS)
            .flatMap(List::stream)
            .toList();

    static TaskSettings of(Values given) {
        return new TaskSettings(
                given.value(KIND),
                given.optional(TRAIN),
                given.optional(LABELS),
                given.value(DROPOUT),
                DenoisingSettings.of(given));
    }
}
