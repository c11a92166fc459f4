package org.loradash.benchmark.operation;

import java.util.SplittableRandom;
import org.loradash.kernel.Tensor;

/** Tensors of one shape, taken in turn, so many that none of them is in a cache when its turn comes again. */
final class Ring {
    private static final long BYTES = 48L << 20;

    private final Tensor[] tensors;
    private final float[] values;
    private int next;

    /** Random numbers between -1 and 1 in tensors of rows x columns. */
    Ring(int rows, int columns) {
        long bytes = (long) rows * columns * Float.BYTES;
        SplittableRandom random = new SplittableRandom(rows * 31L + columns);
        values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        tensors = new Tensor[(int) Math.max(1, BYTES / bytes)];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = Tensor.of(rows, columns, values);
        }
    }

    /** Gives the tensor that was taken last its random numbers again. */
    void restore() {
        tensors[next].write(values, 0);
    }

    Tensor next() {
        next = next + 1 == tensors.length ? 0 : next + 1;
        return tensors[next];
    }
}
