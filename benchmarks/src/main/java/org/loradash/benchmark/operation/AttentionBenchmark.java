package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.HEADS;
import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.KEYS;
import static org.loradash.benchmark.operation.Shapes.KEY_HEADS;
import static org.loradash.benchmark.operation.Shapes.QUERIES_KEYS_VALUES;
import static org.loradash.benchmark.operation.Shapes.STARTS;
import static org.loradash.benchmark.operation.Shapes.TOKENS;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Causal attention over several sequences, with grouped queries. */
public class AttentionBenchmark {
    private static final float SCALE = (float) (1 / Math.sqrt((double) HIDDEN / HEADS));

    /** Queries, keys and values are columns of one tensor, and so are their gradients. */
    @State(Scope.Thread)
    public static class Heads {
        final Ring qkv = new Ring(TOKENS, QUERIES_KEYS_VALUES);
        final Ring gradient = new Ring(TOKENS, QUERIES_KEYS_VALUES);
        final Ring dOut = new Ring(TOKENS, HIDDEN);
        final Ring result = new Ring(TOKENS, HIDDEN);
        final Tensor out = Tensor.zeros(TOKENS, HIDDEN);
        final Tensor logSumExp = Tensor.zeros(TOKENS, HEADS);

        @Setup(Level.Trial)
        public void forward(Watched watched) {
            // All tensors of a ring hold the same numbers, so that one forward serves every backward.
            attend(watched, qkv.next(), logSumExp, out);
            watched.tally.reset();
        }
    }

    private static void attend(Watched watched, Tensor qkv, Tensor logSumExp, Tensor out) {
        watched.kernels.run(new Attention.Forward(
                queries(qkv),
                keys(qkv),
                values(qkv),
                AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE),
                out,
                logSumExp));
    }

    private static Tensor queries(Tensor qkv) {
        return qkv.columns(0, HIDDEN);
    }

    private static Tensor keys(Tensor qkv) {
        return qkv.columns(HIDDEN, HIDDEN + KEYS);
    }

    private static Tensor values(Tensor qkv) {
        return qkv.columns(HIDDEN + KEYS, QUERIES_KEYS_VALUES);
    }

    @Benchmark
    public void attention(Watched watched, Heads heads, Work work) {
        attend(watched, heads.qkv.next(), heads.logSumExp, heads.result.next());
        work.take(watched.tally);
    }

    @Benchmark
    public void attentionBackward(Watched watched, Heads heads, Work work) {
        Tensor qkv = heads.qkv.next();
        Tensor gradient = heads.gradient.next();
        watched.kernels.run(new Attention.Backward(
                heads.dOut.next(),
                queries(qkv),
                keys(qkv),
                values(qkv),
                heads.out,
                heads.logSumExp,
                AttentionShape.causal(HEADS, KEY_HEADS, STARTS, SCALE),
                queries(gradient),
                keys(gradient),
                values(gradient)));
        work.take(watched.tally);
    }
}
