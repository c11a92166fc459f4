package org.loradash.model.diffusion;

import org.loradash.autograd.Arena;
import org.loradash.kernel.Tensor;

/**
 * Channels at the places of a picture.
 *
 * @param rows height * width + 1 x channels: a row a place, line by line, and behind them one of zeros, for what lies outside
 */
record Grid(Tensor rows, int height, int width) {

    /** Memory with only the last row written. */
    static Grid take(Arena arena, int height, int width, int channels) {
        Tensor rows = arena.take(height * width + 1, channels);
        rows.rows(height * width, height * width + 1).fill(0);
        return new Grid(rows, height, width);
    }

    /** height * width x channels. */
    Tensor places() {
        return rows.rows(0, height * width);
    }

    int channels() {
        return rows.columns();
    }

    /** The row of a place, or that of zeros outside. */
    int row(int y, int x) {
        return y < 0 || x < 0 || y >= height || x >= width ? height * width : y * width + x;
    }
}
