package org.loradash.model;

import java.io.Serializable;
import java.util.List;

/**
 * A parameter of a module that can be trained whole.
 *
 * @param name its full name in the model's files, such as lm_head.weight
 * @param shape its dimensions
 */
public record WholeTensor(String name, List<Integer> shape) implements Serializable {
    public WholeTensor {
        shape = List.copyOf(shape);
    }

    /** Rows of it as a matrix: its first dimension, or 1 of a vector. */
    public int rows() {
        return isVector() ? 1 : shape.get(0);
    }

    /** Columns of it as a matrix: the product of all dimensions but the first, or a vector's only one. */
    public int columns() {
        return shape.stream().skip(isVector() ? 0 : 1).reduce(1, Math::multiplyExact);
    }

    /** How many elements it has. */
    public int elements() {
        return Math.multiplyExact(rows(), columns());
    }

    /** Whether it has one dimension: such ones have no weight decay. */
    public boolean isVector() {
        return shape.size() == 1;
    }
}
