package org.loradash.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.loradash.config.TrainingSettings.Arithmetic;

/**
 * Memory that one thread computes in: numbered arrays that grow to what is asked for and are kept for the next operation.
 * What they hold is unknown.
 */
public final class Scratch {
    /** Lengths are multiples of it, so that there is room for whole vectors of any machine. */
    private static final int ALIGNED = 16;

    private static final int NUMBERS = 20;

    private final Arithmetic arithmetic;
    private final Map<Class<?>, Object> kept = new HashMap<>();
    private final float[][] floats = new float[NUMBERS][0];
    private short[] shorts = {};
    private byte[] bytes = {};
    private long[] longs = {};
    private Tensor tensor = Tensor.withoutMemory(0, 0);

    /** @param arithmetic of the products that are computed on this thread */
    public Scratch(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    public Arithmetic arithmetic() {
        return arithmetic;
    }

    /** What one kind of operation keeps on this thread from one call to the next, made when first asked for. */
    public <T> T kept(Class<T> kind, Supplier<T> first) {
        Object known = kept.get(kind);
        if (known == null) {
            known = first.get();
            kept.put(kind, known);
        }
        return kind.cast(known);
    }

    /** @param number of the array, from 0 to 19; the same number is the same array */
    public float[] floats(int number, int count) {
        if (floats[number].length < count) {
            floats[number] = new float[aligned(count)];
        }
        return floats[number];
    }

    public short[] shorts(int count) {
        if (shorts.length < count) {
            shorts = new short[aligned(count)];
        }
        return shorts;
    }

    public byte[] bytes(int count) {
        if (bytes.length < count) {
            bytes = new byte[aligned(count)];
        }
        return bytes;
    }

    public long[] longs(int count) {
        if (longs.length < count) {
            longs = new long[aligned(count)];
        }
        return longs;
    }

    /** Dense, in the memory that products read and write. */
    public Tensor tensor(int rows, int columns) {
        if (tensor.size() < (long) rows * columns) {
            tensor = Tensor.uninitialised(1, Math.multiplyExact(rows, columns));
        }
        return tensor.window(0, rows, columns);
    }

    private static int aligned(int count) {
        return count + ALIGNED - 1 & -ALIGNED;
    }
}
