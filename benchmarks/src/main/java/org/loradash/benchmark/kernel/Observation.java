package org.loradash.benchmark.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Operation;
import org.loradash.kernel.operation.MatrixProduct;

/**
 * Wraps an engine's kernels, says what each kind of operation took, and computes a step's matrix products again by
 * themselves: on the same kernels with their threads, on the same memory, in the same order. That is the least that a step
 * with these products could take.
 */
public final class Observation implements UnaryOperator<Kernels> {
    /** Products with a low-rank change's factors. */
    public static final String LOW_RANK_PRODUCT = "MatrixProduct, low-rank";

    /** Query, key and value share their input, and one product has the ranks of all three. */
    private static final int SHARING = 3;

    private final int rank;
    private final List<Operation> products = new ArrayList<>();
    private final Tally total = new Tally();
    private final Tally alone = new Tally();
    private Kernels kernelsForAlone;
    private boolean recording;

    /** @param rank of low-rank changes: a product whose shortest side is one rank, or two or three together, is a low-rank one */
    public Observation(int rank) {
        this.rank = rank;
    }

    /** @throws IllegalStateException if it wraps others already */
    @Override
    public Kernels apply(Kernels kernels) {
        if (kernelsForAlone != null) {
            throw new IllegalStateException("an observation wraps one engine's kernels");
        }
        kernelsForAlone = new TimedKernels(kernels, this::kind, alone);
        return new TimedKernels(recorded(kernels), this::kind, total);
    }

    private Kernels recorded(Kernels kernels) {
        return new Kernels() {
            @Override
            public double run(Operation operation) {
                if (recording && operation instanceof MatrixProduct) {
                    products.add(operation);
                }
                return kernels.run(operation);
            }

            @Override
            public void close() {
                kernels.close();
            }
        };
    }

    private String kind(Operation operation) {
        return operation instanceof MatrixProduct product && isLowRank(product) ? LOW_RANK_PRODUCT : operation.name();
    }

    private boolean isLowRank(MatrixProduct product) {
        int shortest = Math.min(
                product.inner(), Math.min(product.c().rows(), product.c().columns()));
        return shortest % rank == 0 && shortest <= SHARING * rank;
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
        products.forEach(kernelsForAlone::run);
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
