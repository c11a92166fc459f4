package org.loradash.kernel.portable;

import org.bytedeco.dnnl.global.dnnl;
import org.loradash.kernel.Device;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix product, the same for every provider: oneDNN's where memory is the host's, ND4J's elsewhere.
 *
 * <p>ND4J carries a oneDNN too, but reaches it only through arrays without gaps and at the price of an operation object a
 * call; this one takes gaps, chooses its code from the CPU it runs on, and is a few per cent faster on small matrices.
 */
public final class PortableProduct {
    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    private PortableProduct() {}

    /** c = alpha * a * b + beta * c, on the calling thread alone. */
    public static void multiply(MatrixProduct of) {
        if (Device.isGpu()) {
            byNd4j(of);
        } else {
            onHost(of);
        }
    }

    /** The same, wherever memory is. */
    public static void byNd4j(MatrixProduct of) {
        byNd4j(
                of.a().array(),
                of.sideOfA(),
                of.b().array(),
                of.sideOfB(),
                of.c().array(),
                of.alpha(),
                of.beta());
    }

    static void byNd4j(INDArray a, Side sideOfA, INDArray b, Side sideOfB, INDArray c, float alpha, float beta) {
        MMulTranspose sides = new MMulTranspose(sideOfA == Side.TRANSPOSED, sideOfB == Side.TRANSPOSED, false);
        Nd4j.getExecutioner().exec(new Mmul(a, b, c, alpha, beta, sides));
    }

    private static void onHost(MatrixProduct of) {
        int status = dnnl.dnnl_sgemm(
                letter(of.sideOfA()),
                letter(of.sideOfB()),
                of.c().rows(),
                of.c().columns(),
                of.inner(),
                of.alpha(),
                of.a().pointer(),
                leading(of.a()),
                of.b().pointer(),
                leading(of.b()),
                of.beta(),
                of.c().pointer(),
                leading(of.c()));
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refused the product %s = %s %s by %s %s with status %d"
                    .formatted(of.c(), of.a(), of.sideOfA(), of.b(), of.sideOfB(), status));
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
