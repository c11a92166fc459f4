package org.loradash.benchmark.kernel;

import java.util.ArrayList;
import java.util.List;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Kernels.Side;
import org.loradash.kernel.Tensor;

/** The matrix products of a step, in order, on the memory that they were computed on. */
public final class Products implements ProductListener {
    private final List<Product> products = new ArrayList<>();

    private record Product(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {}

    @Override
    public void product(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        products.add(new Product(a, sideOfA, b, sideOfB, c, alpha, beta));
    }

    public void clear() {
        products.clear();
    }

    /** Computes them all again, on whatever the memory holds now. */
    void run(Kernels kernels) {
        for (Product product : products) {
            kernels.matmul(
                    product.a, product.sideOfA, product.b, product.sideOfB, product.c, product.alpha, product.beta);
        }
    }
}
