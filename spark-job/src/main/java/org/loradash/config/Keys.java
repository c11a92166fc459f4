package org.loradash.config;

import java.util.List;

/**
 * Every key of a configuration file but Spark's own properties, from the sections that hold them: the one table that the
 * reader, the text of a resolved configuration and the command's help are made from.
 */
public final class Keys {
    /** In the order in which they are read, reported and written. */
    public static final List<Section> SECTIONS = List.of(
            new Section("run", "where everything that a run writes goes", RunSettings.KEYS),
            new Section("model", "the model to begin with", ModelSettings.KEYS),
            new Section("task", "what the model learns to do", TaskSettings.KEYS),
            new Section("data", "the records that it learns from", DataSettings.KEYS),
            new Section("adapter", "what is trained beside the model's weights", AdapterSettings.KEYS),
            new Section("dash", "LoRA-Dash: which directions get a coordinate, and when", DashSettings.KEYS),
            new Section("checkpoint", "what a run goes on from where it was stopped", CheckpointSettings.KEYS),
            new Section("training", "how long, how fast, and on how many workers", TrainingSettings.KEYS),
            new Section("validation", "held-out records, measured while the run trains", ValidationSettings.KEYS),
            new Section(
                    "evaluation", "questions or records for evaluate and train --evaluate", EvaluationSettings.KEYS),
            new Section("tracking", "who follows the run from outside", TrackingSettings.KEYS));

    /** The sections' keys, in their order. */
    public static final List<Key<?>> ALL = SECTIONS.stream()
            .<Key<?>>flatMap(section -> section.keys().stream())
            .toList();

    /**
     * The keys that begin with one name.
     *
     * @param name before the first dot
     * @param meaning a few words for the person who sets them
     * @param keys those that are set most often first
     */
    public record Section(String name, String meaning, List<Key<?>> keys) {}

    private Keys() {}
}
