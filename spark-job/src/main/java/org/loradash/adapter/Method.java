package org.loradash.adapter;

import java.util.List;
import java.util.Optional;
import org.loradash.config.MethodRules;
import org.loradash.model.Target;

/**
 * A method of adaptation: how a target's trainable parameters make a change of its weight, what it is called, what a
 * configuration may ask of it and what it leaves. A new method is a new implementation and one line in {@link #ALL}.
 */
public interface Method extends MethodRules {
    /** In the order in which help tells them. */
    List<Method> ALL = List.of(
            Lora.ALONE,
            new ResidualMethod("pissa", "PiSSA", SingularDirections.TOP),
            new ResidualMethod("milora", "MiLoRA", SingularDirections.BOTTOM),
            new ResidualMethod("rosa", "RoSA", SingularDirections.RANDOM),
            new Spectral(),
            new Full(),
            Lora.DASH);

    /** The method of that name. */
    static Method named(String name) {
        return ALL.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("method: " + name + " (must be in Method.ALL)"));
    }

    /** The method's name as its authors write it. */
    String title();

    /** What a run leaves of it. */
    default Export export() {
        return Export.ADAPTER;
    }

    /** Of which singular triplets of the frozen weight it starts, rank many; nothing where it needs none. */
    default Optional<SingularDirections> startsFrom() {
        return Optional.empty();
    }

    @Override
    default Optional<String> ownStart() {
        return startsFrom().map(triplets -> "the model's own singular triplets");
    }

    /** How many trainable parameters a target has. */
    long parameters(Target target, int rank);

    /** Whether the change is dense, and no product of factors. */
    default boolean isDense() {
        return false;
    }

    /** The rank of the change that parameters of a rank make; 0 of a dense one. */
    int changeRank(int rank);

    /**
     * The method on one target.
     *
     * @param scale alpha / rank
     * @param triplets of the target's weight that {@link #startsFrom} says; null where it says nothing
     */
    TargetMethod on(Target target, int rank, double scale, SingularTriplets triplets);
}
