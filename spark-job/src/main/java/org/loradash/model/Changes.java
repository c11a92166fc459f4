package org.loradash.model;

import java.util.Optional;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;

/** The low-rank changes of a model's targets during one pass over a batch. */
public interface Changes {

    /** The change of a target, or nothing where the target stays as it is. */
    Optional<LowRank> of(String target);

    /** The dropout of a target's input in this pass. */
    Dropout dropout(String target);

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
