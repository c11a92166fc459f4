package org.loradash.kernel;

import org.loradash.kernel.Kernels.Side;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's matrix product, the same for every provider. */
final class MatrixProduct {
    private MatrixProduct() {}

    /** c = alpha * a * b + beta * c. Nd4j.gemm would do, but refuses windows as c. */
    static void multiply(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        MMulTranspose sides = new MMulTranspose(sideOfA == Side.TRANSPOSED, sideOfB == Side.TRANSPOSED, false);
        Nd4j.getExecutioner().exec(new Mmul(a.array(), b.array(), c.array(), alpha, beta, sides));
    }
}
