package org.loradash.tsd.io;

import java.util.Arrays;
import java.util.function.Supplier;

/** A tensor to be written: its name, its shape, and its elements in row-major order. Arrays are not copied. */
public sealed interface NamedTensor {
    /** Its name in the file. */
    String name();

    /** Its dimensions, outermost first. */
    long[] shape();

    /** The type that it is written as. */
    ElementType type();

    /** The number of elements. */
    long elements();

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
        public long elements() {
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
        public long elements() {
            return data.length;
        }
    }

    /**
     * Numbers that are made when they are written, and rounded to the nearest of a type.
     *
     * @param type of floating-point numbers
     * @param data asked once; as many as the shape says
     */
    record Rounded(String name, ElementType type, long[] shape, Supplier<float[]> data) implements NamedTensor {
        public Rounded {
            if (!type.isFloating()) {
                throw new IllegalArgumentException(name + ": type " + type + " (must be F64, F32, F16 or BF16)");
            }
        }

        @Override
        public long elements() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }
    }

    /**
     * A tensor of another file, byte by byte.
     *
     * @param file open until it is written
     */
    record Copied(TensorFile file, TensorInfo tensor) implements NamedTensor {
        @Override
        public String name() {
            return tensor.name();
        }

        @Override
        public long[] shape() {
            return tensor.shape();
        }

        @Override
        public ElementType type() {
            return tensor.type();
        }

        @Override
        public long elements() {
            return tensor.elements();
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
