package org.loradash.config;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.loradash.tsd.InvalidInput;

/**
 * Every setting of a run, with defaults filled in and each value within its own limits: a record a section, in a file with its
 * keys, their defaults and limits, and the checks that go across keys.
 *
 * @param spark Spark properties given in the configuration file's {@code spark} section, full names to values
 */
public record Settings(
        RunSettings run,
        ModelSettings model,
        TaskSettings task,
        DataSettings data,
        AdapterSettings adapter,
        DashSettings dash,
        CheckpointSettings checkpoint,
        TrainingSettings training,
        ValidationSettings validation,
        EvaluationSettings evaluation,
        TrackingSettings tracking,
        Map<String, String> spark)
        implements TaskInputs, Serializable {

    /**
     * Settings from the values of their keys.
     *
     * @throws InvalidInput for the first value, in the order of {@link Keys}, that is missing or does not go with others
     */
    static Settings of(Values given) {
        return new Settings(
                RunSettings.of(given),
                ModelSettings.of(given),
                TaskSettings.of(given),
                DataSettings.of(given),
                AdapterSettings.of(given),
                DashSettings.of(given),
                CheckpointSettings.of(given),
                TrainingSettings.of(given),
                ValidationSettings.of(given),
                EvaluationSettings.of(given),
                TrackingSettings.of(given),
                given.spark());
    }

    /**
     * The same settings with other paths of what tasks read and write.
     *
     * @param paths from a key's name and a path to the path in its place
     */
    public Settings withPaths(BinaryOperator<String> paths) {
        return of(new SettledValues(this, paths));
    }

    /** {@link java.util.Optional} does not serialise; the values as they would be written travel in its place. */
    private Object writeReplace() {
        Map<String, String> written = new TreeMap<>();
        Keys.ALL.forEach(key -> key.text(this).ifPresent(text -> written.put(key.name(), text)));
        return new Sent(written, spark);
    }

    private record Sent(Map<String, String> written, Map<String, String> spark) implements Serializable {
        private Object readResolve() {
            return of(GivenValues.ofWritten(written, spark));
        }
    }
}
