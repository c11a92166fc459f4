package org.loradash.tsd.direction;

/**
 * The direction of a matrix: its coordinates on a global basis, flattened by rows (arXiv 2409.01035, definition 2).
 *
 * @param size n, of the basis
 * @param coordinates n^2 of them; that on u_i v_j^T is at i n + j
 */
public record Direction(int size, float[] coordinates) {
    public Direction {
        if (coordinates.length != (long) size * size) {
            throw new IllegalArgumentException(
                    coordinates.length + " coordinates (must be " + size + " x " + size + ")");
        }
    }

    /** The coordinate on u_i v_j^T. */
    public float at(int i, int j) {
        return coordinates[i * size + j];
    }

    /** The coordinates on the core basis, the diagonal. */
    public float[] core() {
        float[] core = new float[size];
        for (int i = 0; i < size; i++) {
            core[i] = at(i, i);
        }
        return core;
    }
}
