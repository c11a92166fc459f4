package org.loradash.model;

import java.util.List;
import java.util.random.RandomGenerator;
import org.loradash.config.ModelSettings.Storage;

/** A model without its weights, as its config says it is. */
public interface Shape {
    /** Every linear layer that can be adapted, in the model's order. */
    List<Target> targets();

    /** Every module that can be trained whole, in the model's order; none of them holds a target. */
    List<WholeModule> modules();

    /**
     * Refuses files whose tensors are missing or have other shapes than the config says; reads no weights.
     *
     * @throws org.loradash.tsd.InvalidInput for the first one
     */
    void check(WeightFiles files);

    /** Reads all weights. */
    Backbone load(WeightFiles files);

    /** The model with no memory behind its weights, to run on {@link org.loradash.kernel.Kernels#dry}. */
    Backbone withoutMemory(Storage storage);

    /**
     * What a tensor of a module that is trained whole begins as: the pre-trained one, unless a model has none and begins it
     * at random.
     *
     * @return its elements, row by row
     */
    default float[] start(WholeTensor tensor, WeightFiles files, RandomGenerator random) {
        return files.floats(tensor.name(), tensor.shape());
    }
}
