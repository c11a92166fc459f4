package org.loradash.config;

import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.taskPath;

import java.io.Serializable;
import java.util.List;

/**
 * The frozen model.
 *
 * @param path a Hugging Face model directory, any Hadoop URI
 * @param storage how the frozen weights are held in memory
 */
public record ModelSettings(String path, Storage storage) implements Serializable {
    static final Key<String> PATH =
            Key.required("model.path", taskPath(), "a Hugging Face model directory", settings -> settings.model()
                    .path());

    static final Key<Storage> STORAGE = Key.of(
            "model.storage",
            choice(Storage.class),
            Storage.FLOAT32,
            "the frozen weights in memory",
            settings -> settings.model().storage());

    static final List<Key<?>> KEYS = List.of(PATH, STORAGE);

    static ModelSettings of(Values given) {
        return new ModelSettings(given.value(PATH), given.value(STORAGE));
    }

    /** How frozen weights are held in memory. */
    public enum Storage {
        FLOAT32,
        BFLOAT16,
        FLOAT16
    }
}
