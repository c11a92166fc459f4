package org.loradash.model.diffusion;

import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.RepeatRow;

/**
 * A convolution, forwards alone: for some places at a time what lies around each is gathered, and one product made of it.
 *
 * @param weight outputs x (side * side * inputs), inputs of one place together
 * @param bias 1 x outputs
 * @param side of what is looked at around a place
 */
record Convolution(Tensor weight, Tensor bias, int side) {
    /** Gathered at once, so that it stays near the cores. */
    private static final int ELEMENTS = 1 << 20;

    /** Which places of the argument are looked at, and how it is surrounded by zeros. */
    enum Step {
        /** Every place, with zeros all around. */
        EVERY,
        /** Every second place, with zeros all around. */
        SECOND,
        /** Every second place, with zeros behind the last alone. */
        SECOND_FROM_FIRST,
        /** Every place of the picture enlarged twice, each place to four, with zeros all around. */
        HALF;

        private int stride() {
            return this == SECOND || this == SECOND_FROM_FIRST ? 2 : 1;
        }

        /** The side of a result. */
        private int side(int x) {
            return switch (this) {
                case EVERY -> x;
                case SECOND -> (x + 1) / 2;
                case SECOND_FROM_FIRST -> x / 2;
                case HALF -> 2 * x;
            };
        }
    }

    static Convolution read(String name, int outputs, int inputs, int side, PartWeights weights) {
        return new Convolution(
                weights.convolution(name + ".weight", outputs, inputs, side),
                weights.vector(name + ".bias", outputs),
                side);
    }

    /** @return in the arena */
    Grid apply(Kernels kernels, Arena arena, Grid x, Step step) {
        return apply(kernels, arena, x, step, step.side(x.height()), step.side(x.width()));
    }

    /** The same of a picture enlarged to a size that may lack its last line or column. */
    Grid apply(Kernels kernels, Arena arena, Grid x, Step step, int height, int width) {
        Grid out = Grid.take(arena, height, width, weight.rows());
        write(kernels, arena, x, step, bias, out);
        return out;
    }

    /**
     * Writes the places of a result of the right size.
     *
     * @param added to every place, in place of the bias
     */
    void write(Kernels kernels, Arena arena, Grid x, Step step, Tensor added, Grid out) {
        if (side == 1) {
            multiply(kernels, x.places(), added, out.places());
            return;
        }
        int places = out.height() * out.width();
        Arena.Mark scratch = arena.mark();
        int area = side * side;
        int together = Math.max(1, Math.min(places, ELEMENTS / weight.columns()));
        Tensor around = arena.take(together, weight.columns());
        for (int from = 0; from < places; from += together) {
            int count = Math.min(together, places - from);
            int[] rows = new int[count * area];
            for (int i = 0; i < count; i++) {
                around(x, out, from + i, step, rows, i * area);
            }
            kernels.run(new GatherRows(x.rows(), rows, around.window(0, count * area, x.channels())));
            multiply(kernels, around.rows(0, count), added, out.places().rows(from, from + count));
        }
        arena.release(scratch);
    }

    private void around(Grid x, Grid out, int place, Step step, int[] rows, int at) {
        int before = step == Step.SECOND_FROM_FIRST ? 0 : side / 2;
        int top = place / out.width() * step.stride() - before;
        int left = place % out.width() * step.stride() - before;
        for (int dy = 0; dy < side; dy++) {
            for (int dx = 0; dx < side; dx++) {
                int row = top + dy;
                int column = left + dx;
                rows[at + dy * side + dx] = step == Step.HALF && row < out.height() && column < out.width()
                        ? x.row(row >> 1, column >> 1)
                        : step == Step.HALF ? x.row(-1, -1) : x.row(row, column);
            }
        }
    }

    private void multiply(Kernels kernels, Tensor x, Tensor added, Tensor out) {
        kernels.run(new RepeatRow(added, out));
        kernels.run(new MatrixProduct(x, Side.PLAIN, weight, Side.TRANSPOSED, out, 1, 1));
    }
}
