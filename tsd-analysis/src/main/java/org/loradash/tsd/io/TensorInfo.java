package org.loradash.tsd.io;

import java.util.Arrays;

/**
 * One tensor of a file.
 *
 * @param name its name
 * @param type the type of its elements
 * @param shape its dimensions, outermost first; empty for a scalar
 */
public record TensorInfo(String name, ElementType type, long[] shape) {
    public TensorInfo {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements, the product of the shape. */
    public long elements() {
        return Arrays.stream(shape).reduce(1, (all, dimension) -> all * dimension);
    }

    /** The number of bytes of its elements. */
    public long bytes() {
        return elements() * type.bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(shape);
    }

    /** For messages: {@code model.norm.weight F32 [576]}. */
    @Override
    public String toString() {
        return Message.oneLine(name) + " " + type + " " + Arrays.toString(shape);
    }
}
