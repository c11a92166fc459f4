package org.loradash.benchmark.operation;

import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The matrix products of a step, one by one. */
public class ProductBenchmark {

    @State(Scope.Thread)
    public static class Factors {
        @Param
        public StepProduct product;

        private Ring a;
        private Ring b;
        private Ring c;

        @Setup(Level.Trial)
        public void make() {
            a = product.sideOfA == Side.PLAIN ? new Ring(product.m, product.k) : new Ring(product.k, product.m);
            b = product.sideOfB == Side.PLAIN ? new Ring(product.k, product.n) : new Ring(product.n, product.k);
            c = new Ring(product.m, product.n);
        }
    }

    @Benchmark
    public void product(Watched watched, Factors factors, Work work) {
        StepProduct product = factors.product;
        watched.kernels.run(new MatrixProduct(
                factors.a.next(),
                product.sideOfA,
                factors.b.next(),
                product.sideOfB,
                factors.c.next(),
                1f,
                product.beta));
        work.take(watched.tally);
    }
}
