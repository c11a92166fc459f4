package org.loradash.data.jinja;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Values between round brackets. */
record Tuple(List<Object> items) {
    static Tuple of(Object... items) {
        return new Tuple(Collections.unmodifiableList(Arrays.asList(items)));
    }
}
