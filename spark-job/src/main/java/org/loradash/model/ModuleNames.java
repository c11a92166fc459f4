package org.loradash.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;

/** Which modules names mean that are trained whole: a whole name, or an ending at a dot, such as {@code classifier}. */
public final class ModuleNames {
    /** Those that a pre-trained model begins at random, by the names that transformers gives them. */
    private static final List<String> UNTRAINED = List.of("classifier", "pooler", "score");

    private ModuleNames() {}

    /**
     * The modules that are meant, in the model's order.
     *
     * @param wanted names; nothing for those of classifier, pooler and score that there are
     * @param all that the model has
     * @throws InvalidInput that says which name means none
     */
    public static List<WholeModule> select(Optional<List<String>> wanted, List<WholeModule> all) {
        wanted.ifPresent(names -> names.forEach(name -> check(name, all)));
        List<String> names = wanted.orElse(UNTRAINED);
        return all.stream()
                .filter(module -> names.stream().anyMatch(name -> means(name, module)))
                .toList();
    }

    private static void check(String name, List<WholeModule> all) {
        if (all.isEmpty()) {
            throw InvalidInput.of(
                    "task.train", name, "must be absent: the model has no module that can be trained whole");
        }
        if (all.stream().noneMatch(module -> means(name, module))) {
            throw InvalidInput.of(
                    "task.train",
                    name,
                    "matches nothing in the model; must be of "
                            + all.stream()
                                    .map(module -> Target.kind(module.name()))
                                    .distinct()
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
    }

    private static boolean means(String name, WholeModule module) {
        return module.name().equals(name) || module.name().endsWith("." + name);
    }
}
