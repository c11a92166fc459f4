package org.loradash.model;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;

/**
 * Which layers names mean, as PEFT's {@code target_modules} has it: a whole name, or an ending at a dot, such as {@code
 * q_proj}, {@code self_attn.q_proj} or {@code to_out.0}.
 */
public final class TargetNames {
    /** Every target: all linear layers but the output layer. */
    public static final String ALL = "all-linear";

    private TargetNames() {}

    /**
     * The targets that are meant, in the model's order.
     *
     * @param wanted names, or all-linear
     * @param all that the model has
     * @throws InvalidInput that says which name means none
     */
    public static List<Target> select(List<String> wanted, List<Target> all) {
        for (String name : wanted) {
            if (all.stream().noneMatch(target -> means(name, target))) {
                throw InvalidInput.of(
                        "adapter.targets",
                        name,
                        "matches nothing in the model; must be of " + String.join(", ", kinds(all)));
            }
        }
        return all.stream()
                .filter(target -> wanted.stream().anyMatch(name -> means(name, target)))
                .toList();
    }

    /**
     * Names that mean just those targets: kinds, or whole names where a kind means others too.
     *
     * @param chosen whole names
     * @param all that the model has
     */
    public static List<String> naming(Collection<String> chosen, List<Target> all) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : chosen) {
            String kind = Target.kind(name);
            boolean exact = all.stream()
                    .filter(target -> means(kind, target))
                    .allMatch(target -> chosen.contains(target.name()));
            names.add(exact ? kind : name);
        }
        return List.copyOf(names);
    }

    private static boolean means(String name, Target target) {
        return name.equals(ALL) || target.name().equals(name) || target.name().endsWith("." + name);
    }

    private static Set<String> kinds(List<Target> all) {
        return all.stream().map(Target::kind).collect(Collectors.toCollection(TreeSet::new));
    }
}
