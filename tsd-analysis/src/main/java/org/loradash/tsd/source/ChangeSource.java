package org.loradash.tsd.source;

import java.io.Closeable;
import java.util.List;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.WeightUpdate;

/** What a task made of a base model. */
public sealed interface ChangeSource extends Closeable permits TunedModel, PeftLora {
    /** Where it is, as it was given. */
    String path();

    /**
     * Refuses what cannot be a change of the base model, before any long work.
     *
     * @param base the model
     * @param chosen the layers of it that are going to be looked at
     * @throws InvalidInput where it changes a layer that the base model has not, or has in another shape
     */
    void check(BaseModel base, List<Target> chosen);

    /** Whether it can change that target. */
    boolean changes(Target target);

    /**
     * Its change of a target that it changes.
     *
     * @param weight the target's weight in the base model, left as it is
     */
    WeightUpdate change(Target target, float[] weight);

    @Override
    void close();
}
