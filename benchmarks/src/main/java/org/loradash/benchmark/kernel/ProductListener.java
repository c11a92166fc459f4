package org.loradash.benchmark.kernel;

import org.loradash.kernel.Kernels.Side;
import org.loradash.kernel.Tensor;

/** Hears of every matrix product before it is computed, with the arguments of {@link org.loradash.kernel.Kernels#matmul}. */
@FunctionalInterface
public interface ProductListener {
    ProductListener NONE = (a, sideOfA, b, sideOfB, c, alpha, beta) -> {};

    void product(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta);
}
