package org.loradash.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.loradash.kernel.Tensor;

/**
 * Memory for the tensors of a step: taken in order, released in reverse, kept for the next step. After the first step of
 * a size nothing is asked from the system again.
 */
public final class Arena {
    /** Elements of a slab. */
    private static final int SLAB = 1 << 26;

    private static final int ALIGNMENT = 16;

    private final List<Tensor> slabs = new ArrayList<>();
    private final IntFunction<Tensor> system;
    private int slab = 0;
    private int used = 0;
    private long highest = 0;

    public Arena() {
        this(size -> Tensor.uninitialised(1, size));
    }

    private Arena(IntFunction<Tensor> system) {
        this.system = system;
    }

    /** An arena that counts what is taken and gives out shapes alone: what a step would take, without taking it. */
    public static Arena withoutMemory() {
        return new Arena(size -> Tensor.withoutMemory(1, size));
    }

    /** A place in the arena, to return to. */
    public record Mark(int slab, int used) {}

    /** Memory of rows x columns with unknown content. */
    public Tensor take(int rows, int columns) {
        int size = Math.toIntExact((long) rows * columns);
        while (slab < slabs.size() && used + (long) size > slabs.get(slab).size()) {
            slab++;
            used = 0;
        }
        if (slab == slabs.size()) {
            slabs.add(system.apply(Math.max(SLAB, size)));
        }
        Tensor tensor = slabs.get(slab).window(used, rows, columns);
        used = (int) Math.min(slabs.get(slab).size(), (used + (long) size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        highest = Math.max(highest, bytesTaken());
        return tensor;
    }

    public Mark mark() {
        return new Mark(slab, used);
    }

    /** Gives back everything taken since the mark. */
    public void release(Mark mark) {
        slab = mark.slab();
        used = mark.used();
    }

    /** Gives everything back. */
    public void reset() {
        slab = 0;
        used = 0;
    }

    /** Gives all memory back to the system, without waiting for the garbage collector; nothing taken is used again. */
    public void free() {
        reset();
        slabs.forEach(Tensor::free);
        slabs.clear();
    }

    /** Bytes held from the system. */
    public long bytesHeld() {
        return slabs.stream().mapToLong(Tensor::size).sum() * Float.BYTES;
    }

    /** The most bytes ever taken at once. */
    public long bytesAtMost() {
        return highest;
    }

    private long bytesTaken() {
        long floats = used;
        for (int i = 0; i < slab; i++) {
            floats += slabs.get(i).size();
        }
        return floats * Float.BYTES;
    }
}
