package org.loradash.tsd.io;

import java.util.ArrayList;
import java.util.List;

/** Where an element of a tensor is. */
final class ElementPlace {
    private ElementPlace() {}

    /**
     * The indices of an element, such as [3, 17].
     *
     * @param element its number in row-major order
     */
    static List<Long> of(long[] shape, long element) {
        List<Long> indices = new ArrayList<>();
        long left = element;
        for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
            indices.add(0, left % shape[dimension]);
            left /= shape[dimension];
        }
        return indices;
    }
}
