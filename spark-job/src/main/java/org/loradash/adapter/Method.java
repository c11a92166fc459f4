package org.loradash.adapter;

import java.util.List;
import java.util.Optional;
import org.loradash.model.Target;

/**
 * A method of adaptation: how a target's trainable parameters make a change of its weight. A new method is a new
 * implementation and one line in {@link #ALL}.
 */
public interface Method {
    List<Method> ALL = List.of(
            new Lora(),
            new ResidualMethod("pissa", SingularDirections.TOP),
            new ResidualMethod("milora", SingularDirections.BOTTOM),
            new ResidualMethod("rosa", SingularDirections.RANDOM),
            new Spectral(),
            new Full());

    /** The method of that name. */
    static Method named(String name) {
        return ALL.stream()
                .filter(adaptation -> adaptation.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("method: " + name + " (must be in Method.ALL)"));
    }

    /** The method's name in the configuration. */
    String name();

    /** Of which singular triplets of the frozen weight it starts, rank many; nothing where it needs none. */
    default Optional<SingularDirections> startsFrom() {
        return Optional.empty();
    }

    /** How many trainable parameters a target has. */
    int parameters(Target target, int rank);

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
