package org.loradash.benchmark.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.loradash.tsd.InvalidInput;

/**
 * The network's numbers: x + down(silu(gate(x)) * up(x)) in each block, up and down with low-rank changes. Only the changes
 * are trained; the loss is the sum of the last x, each element times its own number in {@code direction}.
 *
 * @param x tokens x hidden
 * @param direction tokens x hidden, the gradient of the last x
 */
record Blocks(Shape shape, float[] x, float[] direction, List<Block> blocks) {

    /** A block's matrices: weights outputs x inputs, A rank x inputs, B outputs x rank. */
    record Block(Changed up, float[] gate, Changed down) {}

    record Changed(float[] weight, float[] a, float[] b) {}

    static Blocks random(Shape shape) {
        SplittableRandom random = new SplittableRandom(5);
        List<Block> blocks = new ArrayList<>();
        int hidden = shape.hidden();
        int inner = shape.inner();
        for (int i = 0; i < shape.blocks(); i++) {
            blocks.add(new Block(
                    changed(random, inner, hidden, shape.rank()),
                    numbers(random, inner * hidden, 1 / Math.sqrt(hidden)),
                    changed(random, hidden, inner, shape.rank())));
        }
        return new Blocks(
                shape,
                numbers(random, shape.tokens() * hidden, 1),
                numbers(random, shape.tokens() * hidden, 1),
                List.copyOf(blocks));
    }

    private static Changed changed(SplittableRandom random, int outputs, int inputs, int rank) {
        return new Changed(
                numbers(random, outputs * inputs, 1 / Math.sqrt(inputs)),
                numbers(random, rank * inputs, 1 / Math.sqrt(inputs)),
                numbers(random, outputs * rank, 1 / Math.sqrt(rank)));
    }

    private static float[] numbers(SplittableRandom random, int count, double bound) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    /** Sizes of the network. */
    record Shape(int tokens, int hidden, int inner, int rank, int blocks) {
        Shape {
            for (int size : new int[] {tokens, hidden, inner, rank, blocks}) {
                if (size < 1) {
                    throw InvalidInput.of("a size", size, "every size must be at least 1");
                }
            }
        }
    }
}
