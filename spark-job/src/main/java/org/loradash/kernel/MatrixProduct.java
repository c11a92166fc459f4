package org.loradash.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.loradash.kernel.Kernels.Side;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix product, the same for every provider: oneDNN's where memory is the host's, ND4J's elsewhere.
 *
 * <p>ND4J carries a oneDNN too, but reaches it only through arrays without gaps and at the price of an operation object a
 * call; this one takes gaps, chooses its code from the CPU it runs on, and is a few per cent faster on small matrices.
 */
final class MatrixProduct {
    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    private MatrixProduct() {}

    /** c = alpha * a * b + beta * c, on the calling thread alone. */
    static void multiply(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        if (Device.isGpu()) {
            byNd4j(a, sideOfA, b, sideOfB, c, alpha, beta);
        } else {
            onHost(a, sideOfA, b, sideOfB, c, alpha, beta);
        }
    }

    static void byNd4j(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        MMulTranspose sides = new MMulTranspose(sideOfA == Side.TRANSPOSED, sideOfB == Side.TRANSPOSED, false);
        Nd4j.getExecutioner().exec(new Mmul(a.array(), b.array(), c.array(), alpha, beta, sides));
    }

    private static void onHost(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta) {
        int status = dnnl.dnnl_sgemm(
                letter(sideOfA),
                letter(sideOfB),
                c.rows(),
                c.columns(),
                sideOfA == Side.PLAIN ? a.columns() : a.rows(),
                alpha,
                a.pointer(),
                leading(a),
                b.pointer(),
                leading(b),
                beta,
                c.pointer(),
                leading(c));
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refused the product %s = %s %s by %s %s with status %d"
                    .formatted(c, a, sideOfA, b, sideOfB, status));
        }
    }

    private static byte letter(Side side) {
        return side == Side.PLAIN ? PLAIN : TRANSPOSED;
    }

    /** A single row's stride means nothing, but oneDNN wants it to be at least the columns. */
    private static long leading(Tensor x) {
        return Math.max(x.stride(), x.columns());
    }
}
