package org.loradash.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every key of a configuration file but Spark's own properties, from the sections that hold them: the one table that the
 * reader, the text of a resolved configuration and the command's help are made from.
 */
public final class Keys {
    /** In the order in which they are read, reported and written. */
    public static final List<Key<?>> ALL = Stream.of(
                    RunSettings.KEYS,
                    ModelSettings.KEYS,
                    TaskSettings.KEYS,
                    DataSettings.KEYS,
                    AdapterSettings.KEYS,
                    DashSettings.KEYS,
                    CheckpointSettings.KEYS,
                    TrainingSettings.KEYS,
                    ValidationSettings.KEYS,
                    EvaluationSettings.KEYS,
                    TrackingSettings.KEYS)
            .<Key<?>>flatMap(List::stream)
            .toList();

    private Keys() {}
}
