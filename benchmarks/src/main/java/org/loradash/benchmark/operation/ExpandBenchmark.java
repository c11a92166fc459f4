package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.INNER;

import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Expand;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A weight of less precision as float32, before a product with it. */
public class ExpandBenchmark {

    @State(Scope.Thread)
    public static class Weights {
        private static final int COUNT = 32;

        @Param({"BFLOAT16", "FLOAT16", "INT8", "NF4"})
        public Storage storage;

        private final Weight[] weights = new Weight[COUNT];
        private Tensor out;
        private int next;

        @Setup(Level.Trial)
        public void make() {
            out = new Ring(INNER, HIDDEN).next();
            float[] values = out.toArray();
            for (int i = 0; i < COUNT; i++) {
                weights[i] = Weight.allocate(INNER, HIDDEN, storage);
                weights[i].write(0, values, values.length);
            }
        }

        Weight next() {
            next = (next + 1) % COUNT;
            return weights[next];
        }
    }

    @Benchmark
    public void expand(Watched watched, Weights weights, Work work) {
        watched.kernels.run(new Expand(weights.next(), 0, INNER, weights.out));
        work.take(watched.tally);
    }
}
