package org.loradash.config;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The classes of a classification.
 *
 * @param count how many, at least 2
 * @param names of all, in the order of their indices; empty where they have none
 */
public record Labels(int count, List<String> names) implements Serializable {
    public Labels {
        names = List.copyOf(names);
        if (count < 2 || !names.isEmpty() && names.size() != count) {
            throw new IllegalArgumentException("%d classes with %d names (must be at least 2, with a name each or none)"
                    .formatted(count, names.size()));
        }
    }

    /** So many classes without names. */
    public static Labels of(int count) {
        return new Labels(count, List.of());
    }

    /** The name of each: its own, or one of {@link #unnamed}. */
    public List<String> titles() {
        return names.isEmpty() ? unnamed(count) : names;
    }

    /** What transformers calls outputs of a head that have no names: LABEL_0 and so on. */
    public static List<String> unnamed(int count) {
        return IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
    }
}
