package org.loradash.model;

import java.util.Optional;
import java.util.OptionalLong;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;

/** The changes of a model's targets during one pass over a batch; a low-rank and a dense one of the same target add up. */
public interface Changes {

    /** The low-rank change of a target, or nothing where it has none. */
    Optional<LowRank> of(String target);

    /** The dense change of a target, or nothing where it has none. */
    default Optional<Dense> dense(String target) {
        return Optional.empty();
    }

    /** What is trained in the place of a tensor of the model, or nothing where the frozen one stands. */
    default Optional<Parameter> whole(String tensor) {
        return Optional.empty();
    }

    /** The dropout of a target's input in this pass. */
    Dropout dropout(String target);

    /**
     * Dropout at a place of the model that is none of its targets; none in a pass without randomness.
     *
     * @param place its name, of which the mask depends
     * @param probability that an element is zeroed, from 0 to below 1
     */
    default Dropout dropout(String place, double probability) {
        return Dropout.NONE;
    }

    /** The seed of all that is drawn at random in this pass; nothing in a pass without randomness. */
    default OptionalLong seed() {
        return OptionalLong.empty();
    }

    /** The model as it was pre-trained. */
    static Changes none() {
        return new Changes() {
            @Override
            public Optional<LowRank> of(String target) {
                return Optional.empty();
            }

            @Override
            public Dropout dropout(String target) {
                return Dropout.NONE;
            }
        };
    }
}
