package org.loradash.config;

import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.taskPath;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
            "the frozen weights in memory. int8 and nf4 are of the linear layers of blocks, as bitsandbytes has them; the rest"
                    + " is then bfloat16",
            settings -> settings.model().storage());

    static final List<Key<?>> KEYS = List.of(PATH, STORAGE);

    static ModelSettings of(Values given) {
        return new ModelSettings(given.value(PATH), given.value(STORAGE));
    }

    /** How frozen weights are held in memory. */
    public enum Storage {
        FLOAT32,
        BFLOAT16,
        FLOAT16,
        /** 8 bits an element, and a float32 a row. */
        INT8,
        /** 4 bits an element, and a float32 for 64 of them. */
        NF4;

        /** Whether it is of linear layers of blocks alone, and of less precision than any file of weights. */
        public boolean isQuantised() {
            return this == INT8 || this == NF4;
        }

        /** How all other matrices are held: embeddings and output layers. */
        public Storage outsideBlocks() {
            return isQuantised() ? BFLOAT16 : this;
        }

        /** The name that settings give it. */
        public String written() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The one that settings call so; nothing where there is none. */
        public static Optional<Storage> named(String written) {
            return Arrays.stream(values())
                    .filter(storage -> storage.written().equals(written))
                    .findFirst();
        }
    }
}
