package org.loradash.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * One setting that a configuration file may give.
 *
 * @param name the whole name, for example {@code adapter.rank}
 * @param fallback the value in force when none is given
 * @param meaning a few words for the person who sets it
 * @param from where its value lies in the settings; nothing when it has none there
 */
public record Key<T>(
        String name,
        ValueType<T> type,
        boolean required,
        Optional<T> fallback,
        String meaning,
        Function<Settings, Optional<T>> from) {

    static <T> Key<T> required(String name, ValueType<T> type, String meaning, Function<Settings, T> from) {
        return new Key<>(name, type, true, Optional.empty(), meaning, from.andThen(Optional::of));
    }

    static <T> Key<T> of(String name, ValueType<T> type, T fallback, String meaning, Function<Settings, T> from) {
        return new Key<>(name, type, false, Optional.of(fallback), meaning, from.andThen(Optional::of));
    }

    static <T> Key<T> optional(String name, ValueType<T> type, String meaning, Function<Settings, Optional<T>> from) {
        return new Key<>(name, type, false, Optional.empty(), meaning, from);
    }

    /** The values that it takes, for example "a whole number from 1 to 8". */
    public String allowed() {
        return type.allowed();
    }

    /** Whether a value is in force when the key is not given. */
    public boolean hasDefault() {
        return fallback.isPresent();
    }

    /** What is in force when the key is not given, as it would be written in a file; "required" or "optional". */
    public String otherwise() {
        return required ? "required" : fallback.map(type.write()).orElse("optional");
    }

    /** The value in force as it would be written in a file; nothing when it has none. */
    Optional<String> text(Settings settings) {
        return from.apply(settings).map(type.write());
    }
}
