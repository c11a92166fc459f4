package org.loradash.kernel.operation;

import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct.Side;

/**
 * How long this CPU takes for a matrix product. That it has products of bfloat16 does not say that they are fast: those of
 * AVX512-BF16 without AMX take less than float32's on some CPUs, and twice as long on others.
 */
public final class ProductTime {
    private static final int SIDE = 512;
    private static final int TIMES = 8;

    private ProductTime() {}

    /**
     * The time of an arithmetic's products over float32's, on one thread, by the shortest of several in turns: some tens of
     * milliseconds in all.
     */
    public static double overFloat32(Arithmetic arithmetic) {
        try (Kernels kernels = KernelProvider.best().open(1);
                Kernels others = KernelProvider.best().open(1, arithmetic)) {
            MatrixProduct product = new MatrixProduct(
                    Tensor.zeros(SIDE, SIDE),
                    Side.PLAIN,
                    Tensor.zeros(SIDE, SIDE),
                    Side.PLAIN,
                    Tensor.zeros(SIDE, SIDE),
                    1f,
                    0f);
            long shortest = Long.MAX_VALUE;
            long shortestOfOthers = Long.MAX_VALUE;
            for (int i = 0; i < TIMES; i++) {
                shortest = Math.min(shortest, nanoseconds(kernels, product));
                shortestOfOthers = Math.min(shortestOfOthers, nanoseconds(others, product));
            }
            return (double) shortestOfOthers / shortest;
        }
    }

    private static long nanoseconds(Kernels kernels, MatrixProduct product) {
        long begin = System.nanoTime();
        kernels.run(product);
        return System.nanoTime() - begin;
    }
}
