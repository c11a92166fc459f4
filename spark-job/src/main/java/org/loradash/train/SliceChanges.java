package org.loradash.train;

import java.util.Map;
import java.util.Optional;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.model.Changes;

/**
 * The changes of all targets and their gradients, as one slice of a batch sees them.
 *
 * @param dense changes by target
 * @param whole tensors by name
 * @param seed of the slice's dropout; each target has a mask of its own
 */
record SliceChanges(
        ChangeFactors changes,
        ChangeFactors gradients,
        Map<String, Dense> dense,
        Map<String, Parameter> whole,
        double dropout,
        long seed)
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
        return dropout == 0 ? Dropout.NONE : new Dropout((float) dropout, Seeds.mix(seed, target.hashCode()));
    }
}
