package org.loradash.tsd.analysis;

import org.bytedeco.javacpp.Pointer;
import org.loradash.tsd.source.Target;

/**
 * How much memory targets that are worked on at once may take, on the heap and outside. One target is always let in, so
 * that a matrix too large for the budget is tried alone.
 */
final class MemoryBudget {
    private static final double SHARE = 0.8;
    private static final int BLOCK_ROWS = 256;

    private final long heap;
    private final long outside;
    private long heapTaken;
    private long outsideTaken;
    private int inside;

    MemoryBudget(long heap, long outside) {
        this.heap = heap;
        this.outside = outside;
    }

    /** Most of what this process may have. */
    static MemoryBudget ofThisProcess() {
        long outside = Pointer.maxBytes() > 0
                ? Pointer.maxBytes()
                : Runtime.getRuntime().maxMemory();
        return new MemoryBudget((long) (SHARE * Runtime.getRuntime().maxMemory()), (long) (SHARE * outside));
    }

    /** What a target takes while it is worked on, in bytes. */
    record Need(long heap, long outside) {
        /** The weight, one change and the vectors on the heap; copies of them and LAPACK's workspace outside. */
        static Need of(Target target) {
            long n = target.size();
            long vectors = n * (target.rows() + (long) target.columns());
            long blocks = 2L * BLOCK_ROWS * (target.rows() + target.columns());
            return new Need(
                    Float.BYTES * (2 * target.elements() + 2 * vectors + blocks),
                    Float.BYTES * (target.elements() + vectors + 6 * n * n + blocks));
        }
    }

    /** Waits until there is room. */
    synchronized void take(Need need) throws InterruptedException {
        while (inside > 0 && (heapTaken + need.heap > heap || outsideTaken + need.outside > outside)) {
            wait();
        }
        inside++;
        heapTaken += need.heap;
        outsideTaken += need.outside;
    }

    synchronized void giveBack(Need need) {
        inside--;
        heapTaken -= need.heap;
        outsideTaken -= need.outside;
        notifyAll();
    }
}
