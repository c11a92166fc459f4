package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.LABELLED;
import static org.loradash.benchmark.operation.Shapes.VOCABULARY;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.CrossEntropy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Cross-entropy with its gradient, in place. */
public class LossBenchmark {

    @State(Scope.Thread)
    public static class Logits {
        final Tensor logits = new Ring(LABELLED, VOCABULARY).next();
        final int[] targets = new int[LABELLED];

        public Logits() {
            for (int i = 0; i < LABELLED; i++) {
                targets[i] = i * 97;
            }
        }
    }

    @Benchmark
    public double crossEntropy(Watched watched, Logits logits, Work work) {
        double loss = watched.kernels.run(new CrossEntropy(logits.logits, logits.targets, 1f / LABELLED));
        work.take(watched.tally);
        return loss;
    }
}
