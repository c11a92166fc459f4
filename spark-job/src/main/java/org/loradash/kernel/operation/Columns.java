package org.loradash.kernel.operation;

import org.loradash.kernel.Tensor;

/** Columns of a wide tensor that are a narrow one. */
final class Columns {
    private Columns() {}

    static void check(Tensor wide, int from, Tensor narrow) {
        if (wide.rows() != narrow.rows() || from < 0 || from + narrow.columns() > wide.columns()) {
            throw new IllegalArgumentException(
                    "columns: %s from %d on (must lie within %s, with as many rows)".formatted(narrow, from, wide));
        }
    }
}
