package org.loradash.benchmark.kernel;

import java.util.function.UnaryOperator;
import org.loradash.kernel.Kernels;

/**
 * Wraps an engine's kernels, says what each kind of operation took, and computes a step's matrix products again by
 * themselves: on the same kernels with their threads, on the same memory, in the same order. That is the least that a step
 * with these products could take.
 */
public final class Observation implements UnaryOperator<Kernels> {
    private final int rank;
    private final Products products = new Products();
    private final Tally total = new Tally();
    private final Tally alone = new Tally();
    private Kernels kernelsForAlone;
    private boolean recording;

    /** @param rank of low-rank changes, by which their products are told from the others */
    public Observation(int rank) {
        this.rank = rank;
    }

    /** @throws IllegalStateException if it wraps others already */
    @Override
    public Kernels apply(Kernels kernels) {
        if (kernelsForAlone != null) {
            throw new IllegalStateException("an observation wraps one engine's kernels");
        }
        kernelsForAlone = new TimedKernels(kernels, rank, alone, ProductListener.NONE);
        return new TimedKernels(kernels, rank, total, (a, sideOfA, b, sideOfB, c, alpha, beta) -> {
            if (recording) {
                products.product(a, sideOfA, b, sideOfB, c, alpha, beta);
            }
        });
    }

    /** Forgets all products, and begins to keep them. */
    public void beginRecording() {
        products.clear();
        recording = true;
    }

    /** Stops keeping products. */
    public void endRecording() {
        recording = false;
    }

    /**
     * Computes the products that were kept once more, on whatever the memory holds now. The memory is the step's scratch,
     * which the next step overwrites.
     *
     * @return seconds
     */
    public double productsAlone() {
        long begin = System.nanoTime();
        products.run(kernelsForAlone);
        return (System.nanoTime() - begin) * 1e-9;
    }

    /** What the operations took since the last reset. */
    public Tally total() {
        return total;
    }

    /** What the products took that were computed by themselves since the last reset. */
    public Tally alone() {
        return alone;
    }

    public void reset() {
        total.reset();
        alone.reset();
    }
}
