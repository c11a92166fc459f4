package org.loradash.tsd.source;

import org.loradash.tsd.TargetName;

/**
 * A linear layer of the base model.
 *
 * @param name of its module
 * @param rows of its weight, d_out
 * @param columns of its weight, d_in
 */
public record Target(TargetName name, int rows, int columns) {
    /** n, the number of its core directions. */
    public int size() {
        return Math.min(rows, columns);
    }

    /** The number of its weight's elements. */
    public long elements() {
        return (long) rows * columns;
    }

    @Override
    public String toString() {
        return name + " [" + rows + ", " + columns + "]";
    }
}
