package org.loradash.train;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.config.Seeds;
import org.loradash.model.Changes;

/**
 * The changes of all targets and their gradients, as one slice of a batch sees them.
 *
 * @param dense changes by target
 * @param whole tensors by name
 * @param dropout probability that an element of an adapter's input is zeroed
 * @param seed of the slice's dropout, of which each place has a mask of its own; nothing where nothing is dropped
 */
record SliceChanges(
        ChangeFactors changes,
        ChangeFactors gradients,
        Map<String, Dense> dense,
        Map<String, Parameter> whole,
        double dropout,
        OptionalLong seed)
        implements Changes {

    @Override
    public Optional<LowRank> of(String target) {
        ChangeFactors.Pair change = changes.of(target);
        if (change == null) {
            return Optional.empty();
        }
        ChangeFactors.Pair gradient = gradients.of(target);
        return Optional.of(new LowRank(change.a(), change.b(), gradient.a(), gradient.b()));
    }

    @Override
    public Optional<Dense> dense(String target) {
        return Optional.ofNullable(dense.get(target));
    }

    @Override
    public Optional<Parameter> whole(String tensor) {
        return Optional.ofNullable(whole.get(tensor));
    }

    @Override
    public Dropout dropout(String target) {
        return dropout(target, dropout);
    }

    @Override
    public Dropout dropout(String place, double probability) {
        return probability == 0 || seed.isEmpty()
                ? Dropout.NONE
                : new Dropout((float) probability, Seeds.mix(seed.getAsLong(), place.hashCode()));
    }
}
