package org.loradash.model;

import java.io.Serializable;
import org.loradash.tsd.TargetName;

/**
 * A linear layer that can be adapted.
 *
 * @param name of its module, such as model.layers.0.self_attn.q_proj
 * @param layer index of the block it belongs to
 * @param outputs rows of its weight
 * @param inputs columns of its weight
 */
public record Target(String name, int layer, int outputs, int inputs) implements Serializable {

    /** What it is within its block, such as q_proj or attention.output.dense. */
    public String kind() {
        return kind(name);
    }

    static String kind(String name) {
        return new TargetName(name).kind();
    }

    /** How many singular directions the weight has. */
    public int directions() {
        return Math.min(outputs, inputs);
    }

    /** The name of its weight in a model's files. */
    public String weightName() {
        return name + ".weight";
    }

    /** The name of its bias in a model's files. */
    public String biasName() {
        return name + ".bias";
    }
}
