package org.loradash.benchmark.operation;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What no operation can beat: a large matrix product for those that calculate, a large copy for those that do not. */
public class CeilingBenchmark {

    @State(Scope.Thread)
    public static class Square {
        private static final int SIDE = 2048;
        Tensor a;
        Tensor b;
        Tensor c;

        @Setup(Level.Trial)
        public void make() {
            a = new Ring(SIDE, SIDE).next();
            b = new Ring(SIDE, SIDE).next();
            c = Tensor.zeros(SIDE, SIDE);
        }
    }

    @State(Scope.Thread)
    public static class Long {
        private static final int SIDE = 5000;
        Tensor from;
        Tensor to;

        @Setup(Level.Trial)
        public void make() {
            from = new Ring(SIDE, SIDE).next();
            to = Tensor.zeros(SIDE, SIDE);
        }
    }

    @Benchmark
    public void largeProduct(Watched watched, Square square, Work work) {
        watched.kernels.run(new MatrixProduct(square.a, Side.PLAIN, square.b, Side.PLAIN, square.c, 1f, 0f));
        work.take(watched.tally);
    }

    @Benchmark
    public void largeCopy(Watched watched, Long tensors, Work work) {
        watched.kernels.run(new Copy(tensors.from, tensors.to));
        work.take(watched.tally);
    }
}
