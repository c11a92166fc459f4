package org.loradash.tsd.io;

import java.util.Arrays;

/** A tensor to be written: its name, its shape, and its elements in row-major order. The arrays are not copied. */
public sealed interface NamedTensor {
    /** Its name in the file. */
    String name();

    /** Its dimensions, outermost first. */
    long[] shape();

    /** The type that it is written as. */
    ElementType type();

    /** The number of elements. */
    int elements();

    /** A float32 tensor. */
    record Floats(String name, long[] shape, float[] data) implements NamedTensor {
        public Floats {
            checkShape(name, shape, data.length);
        }

        @Override
        public ElementType type() {
            return ElementType.F32;
        }

        @Override
        public int elements() {
            return data.length;
        }
    }

    /** An int64 tensor. */
    record Longs(String name, long[] shape, long[] data) implements NamedTensor {
        public Longs {
            checkShape(name, shape, data.length);
        }

        @Override
        public ElementType type() {
            return ElementType.I64;
        }

        @Override
        public int elements() {
            return data.length;
        }
    }

    /** A float32 tensor of that shape; {@link IllegalArgumentException} where the shape disagrees with the data. */
    static NamedTensor of(String name, float[] data, long... shape) {
        return new Floats(name, shape, data);
    }

    /** An int64 tensor of that shape; {@link IllegalArgumentException} where the shape disagrees with the data. */
    static NamedTensor of(String name, long[] data, long... shape) {
        return new Longs(name, shape, data);
    }

    private static void checkShape(String name, long[] shape, int length) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        if (elements != length || Arrays.stream(shape).anyMatch(dimension -> dimension < 0)) {
            throw new IllegalArgumentException(
                    name + ": shape " + Arrays.toString(shape) + " for " + length + " elements");
        }
    }
}
