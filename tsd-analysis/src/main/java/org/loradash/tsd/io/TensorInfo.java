package org.loradash.tsd.io;

import java.util.Arrays;

/**
 * Where one tensor of a safetensors file lies.
 *
 * @param name its name in the file
 * @param type the type of its elements
 * @param shape its dimensions, outermost first; empty for a scalar
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last, counted likewise
 */
public record TensorInfo(String name, ElementType type, long[] shape, long begin, long end) {
    public TensorInfo {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements, the product of the shape. */
    public long elements() {
        return bytes() / type.bytes();
    }

    /** The number of bytes in the file. */
    public long bytes() {
        return end - begin;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(shape, that.shape)
                && begin == that.begin
                && end == that.end;
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
