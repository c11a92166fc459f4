package org.loradash.model;

import java.io.Serializable;
import java.util.List;

/**
 * A module that can be trained whole, beside the adapter: PEFT's modules_to_save.
 *
 * @param name its full path in the model, such as lm_head or model.layers.0.input_layernorm
 * @param tensors its parameters
 */
public record WholeModule(String name, List<WholeTensor> tensors) implements Serializable {
    public WholeModule {
        tensors = List.copyOf(tensors);
    }

    /** A module of one weight. */
    public static WholeModule ofWeight(String name, Integer... shape) {
        return new WholeModule(name, List.of(new WholeTensor(name + ".weight", List.of(shape))));
    }
}
