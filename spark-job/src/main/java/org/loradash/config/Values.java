package org.loradash.config;

import java.util.Map;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;

/** What the sections of {@link Settings} are made from: the values of keys, each within its own limits. */
interface Values {

    /** Where they come from, for messages. */
    String source();

    /** The value in force; nothing where none is given and there is no default. */
    <T> Optional<T> optional(Key<T> key);

    /** Spark's properties, full names to values. */
    Map<String, String> spark();

    /**
     * The value in force.
     *
     * @throws InvalidInput where there is none
     */
    default <T> T value(Key<T> key) {
        return optional(key).orElseThrow(() -> refused(key, "missing", "must be " + key.allowed()));
    }

    /** The value in force as it would be written in a file. */
    default <T> Optional<String> text(Key<T> key) {
        return optional(key).map(key.type().write());
    }

    /** A value that does not go with the others. */
    default InvalidInput refused(Key<?> key, Object value, String allowed) {
        return InvalidInput.of(source() + ": " + key.name(), value, allowed);
    }
}
