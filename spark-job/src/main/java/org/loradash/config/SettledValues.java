package org.loradash.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * The values of settings, from which the same settings can be made again.
 *
 * @param paths from a key's name and a path of its value that tasks use to the path in its place
 */
record SettledValues(Settings settings, BinaryOperator<String> paths) implements Values {

    @Override
    public String source() {
        return "settings";
    }

    @Override
    public <T> Optional<T> optional(Key<T> key) {
        return key.from()
                .apply(settings)
                .map(value -> key.type().withPaths().apply(value, path -> paths.apply(key.name(), path)));
    }

    @Override
    public Map<String, String> spark() {
        return settings.spark();
    }
}
