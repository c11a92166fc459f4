package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.HEADS;
import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.KEYS;
import static org.loradash.benchmark.operation.Shapes.KEY_HEADS;
import static org.loradash.benchmark.operation.Shapes.STARTS;
import static org.loradash.benchmark.operation.Shapes.TOKENS;

import org.loradash.kernel.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Causal attention over several sequences, with grouped queries. */
public class AttentionBenchmark {
    private static final float SCALE = (float) (1 / Math.sqrt((double) HIDDEN / HEADS));

    @State(Scope.Thread)
    public static class Heads {
        final Ring q = new Ring(TOKENS, HIDDEN);
        final Ring k = new Ring(TOKENS, KEYS);
        final Ring v = new Ring(TOKENS, KEYS);
        final Ring dOut = new Ring(TOKENS, HIDDEN);
        final Ring dq = new Ring(TOKENS, HIDDEN);
        final Ring dk = new Ring(TOKENS, KEYS);
        final Ring dv = new Ring(TOKENS, KEYS);
        final Tensor out = Tensor.zeros(TOKENS, HIDDEN);
        final Tensor logSumExp = Tensor.zeros(TOKENS, HEADS);

        @Setup(Level.Trial)
        public void forward(Watched watched) {
            // All tensors of a ring hold the same numbers, so that one forward serves every backward.
            watched.kernels.attention(q.next(), k.next(), v.next(), STARTS, HEADS, KEY_HEADS, SCALE, out, logSumExp);
            watched.tally.reset();
        }
    }

    @Benchmark
    public void attention(Watched watched, Heads heads, Work work) {
        watched.kernels.attention(
                heads.q.next(),
                heads.k.next(),
                heads.v.next(),
                STARTS,
                HEADS,
                KEY_HEADS,
                SCALE,
                heads.dq.next(),
                heads.logSumExp);
        work.take(watched.tally);
    }

    @Benchmark
    public void attentionBackward(Watched watched, Heads heads, Work work) {
        watched.kernels.attentionBackward(
                heads.dOut.next(),
                heads.q.next(),
                heads.k.next(),
                heads.v.next(),
                heads.out,
                heads.logSumExp,
                STARTS,
                HEADS,
                KEY_HEADS,
                SCALE,
                heads.dq.next(),
                heads.dk.next(),
                heads.dv.next());
        work.take(watched.tally);
    }
}
