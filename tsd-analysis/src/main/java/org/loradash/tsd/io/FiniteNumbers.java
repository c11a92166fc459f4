package org.loradash.tsd.io;

import java.util.ArrayList;
import java.util.List;
import org.loradash.tsd.InvalidInput;

/** Tensors whose elements must be numbers that one can go on with: no NaN, no infinity. */
public final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Refuses elements that are not finite.
     *
     * @param where the tensor's file and name, for the error
     * @param shape of the whole tensor
     * @param from which element of the tensor the first value is, in row-major order
     * @param values of which the first {@code count} are looked at
     * @throws InvalidInput that names the first one, its place and its value
     */
    public static void check(String where, long[] shape, long from, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw InvalidInput.of(where + place(shape, from + i), values[i], "must hold finite numbers only");
            }
        }
    }

    /** The indices of an element, such as [3, 17]. */
    static List<Long> place(long[] shape, long element) {
        List<Long> indices = new ArrayList<>();
        long left = element;
        for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
            indices.add(0, left % shape[dimension]);
            left /= shape[dimension];
        }
        return indices;
    }
}
