package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.padded;
import static org.loradash.kernel.fused.SmallProduct.TILE_ROWS;

import java.util.Optional;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;

/**
 * What stands for the distances of one head's relative attention, a row a distance: query i and key j meet at row j - i +
 * longest - 1, so that neighbouring keys meet a query at neighbouring rows. There are zeros before and behind the rows.
 *
 * @param rows of the relative tensor, from distance 1 - longest to longest - 1
 * @param d a head's width
 */
record Distances(int[] rows, int head, int d) {

    int longest() {
        return rows.length / 2 + 1;
    }

    /** The row of a distance in the relative tensor. */
    private int row(int x) {
        return rows[rows.length - 1 - x];
    }

    /** Where a row begins in arrays of rows, which may be as many as a tile's outside on either side. */
    int at(int x) {
        return (TILE_ROWS + x) * padded(d);
    }

    /** All rows; zeros where there are none. */
    float[] load(Optional<Tensor> relative, int number, Scratch scratch) {
        float[] loaded = zeros(number, scratch);
        relative.ifPresent(x -> {
            for (int i = 0; i < rows.length; i++) {
                x.floats().get(row(i) * x.stride() + head * d, loaded, at(i), d);
            }
        });
        return loaded;
    }

    float[] zeros(int number, Scratch scratch) {
        return FusedAttention.zeros(number, (rows.length + 2 * TILE_ROWS) * padded(d), scratch);
    }

    /** An odd number of vectors, with room for one before the rows and four behind them. */
    int stride() {
        return padded(rows.length + 5 * COUNT) | COUNT;
    }

    /** factor times the rows as columns, the first of them behind one vector. */
    float[] transpose(float[] loaded, float factor, int number, Scratch scratch) {
        int stride = stride();
        float[] transposed = FusedAttention.zeros(number, d * stride, scratch);
        for (int i = 0; i < rows.length; i++) {
            for (int c = 0; c < d; c++) {
                transposed[c * stride + COUNT + i] = factor * loaded[at(i) + c];
            }
        }
        return transposed;
    }

    /** Adds factor times each row to that of the relative tensor's gradient. */
    void add(float[] gradient, float factor, Tensor to, int number, Scratch scratch) {
        float[] sum = scratch.floats(number, padded(d));
        for (int i = 0; i < rows.length; i++) {
            int place = row(i) * to.stride() + head * d;
            to.floats().get(place, sum, 0, d);
            for (int c = 0; c < d; c++) {
                sum[c] += factor * gradient[at(i) + c];
            }
            to.floats().put(place, sum, 0, d);
        }
    }
}
