package org.loradash.model.diffusion;

import java.util.List;
import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.RepeatRow;
import org.loradash.model.WeightFiles;

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

    /** How many places of the argument lie between two of the result, and how the picture is surrounded by zeros. */
    enum Step {
        /** Every place, with zeros all around. */
        EVERY(1, true),
        /** Every second place, with zeros behind the last alone. */
        SECOND(2, false),
        /** Every place of the picture enlarged twice, each place to four, with zeros all around. */
        HALF(1, true);

        private final int stride;
        private final boolean around;

        Step(int stride, boolean around) {
            this.stride = stride;
            this.around = around;
        }
    }

    static Convolution read(String name, int outputs, int inputs, int side, WeightFiles files) {
        float[] given = files.floats(name + ".weight", List.of(outputs, inputs, side, side));
        float[] places = new float[given.length];
        int area = side * side;
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input < inputs; input++) {
                for (int place = 0; place < area; place++) {
                    places[(output * area + place) * inputs + input] = given[(output * inputs + input) * area + place];
                }
            }
        }
        return new Convolution(Tensor.of(outputs, area * inputs, places), files.vector(name + ".bias", outputs), side);
    }

    /** @return in the arena */
    Grid apply(Kernels kernels, Arena arena, Grid x, Step step) {
        int factor = step == Step.HALF ? 2 : 1;
        Grid out = Grid.take(arena, factor * x.height() / step.stride, factor * x.width() / step.stride, weight.rows());
        write(kernels, arena, x, step, out);
        return out;
    }

    /** Writes the places of a result of the right size. */
    void write(Kernels kernels, Arena arena, Grid x, Step step, Grid out) {
        if (side == 1) {
            multiply(kernels, x.places(), out.places());
            return;
        }
        int factor = step == Step.HALF ? 2 : 1;
        int height = out.height();
        int width = out.width();
        Arena.Mark scratch = arena.mark();
        int area = side * side;
        int together = Math.max(1, Math.min(height * width, ELEMENTS / weight.columns()));
        Tensor around = arena.take(together, weight.columns());
        for (int from = 0; from < height * width; from += together) {
            int count = Math.min(together, height * width - from);
            int[] rows = new int[count * area];
            for (int i = 0; i < count; i++) {
                around(x, (from + i) / width, (from + i) % width, factor, step, rows, i * area);
            }
            kernels.run(new GatherRows(x.rows(), rows, around.window(0, count * area, x.channels())));
            multiply(kernels, around.rows(0, count), out.places().rows(from, from + count));
        }
        arena.release(scratch);
    }

    private void around(Grid x, int y, int column, int factor, Step step, int[] rows, int at) {
        int before = step.around ? side / 2 : 0;
        for (int dy = 0; dy < side; dy++) {
            for (int dx = 0; dx < side; dx++) {
                rows[at + dy * side + dx] = x.row(
                        Math.floorDiv(y * step.stride + dy - before, factor),
                        Math.floorDiv(column * step.stride + dx - before, factor));
            }
        }
    }

    private void multiply(Kernels kernels, Tensor x, Tensor out) {
        kernels.run(new RepeatRow(bias, out));
        kernels.run(new MatrixProduct(x, Side.PLAIN, weight, Side.TRANSPOSED, out, 1, 1));
    }
}
