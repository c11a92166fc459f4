package org.loradash.benchmark.operation;

import java.util.Optional;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.RelativeAttention;
import org.loradash.kernel.operation.RelativeAttention.Relative;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Attention of an encoder of DeBERTaV3-base's shape: to contents and distances, and to contents alone. */
public class RelativeAttentionBenchmark {
    private static final int HEADS = 12;
    private static final int HIDDEN = 64 * HEADS;

    /** Where sequences of GLUE's usual lengths begin. */
    private static final int[] STARTS = {0, 32, 77, 173, 301, 367, 427, 555, 606, 704, 747, 859, 939, 1024};

    private static final int TOKENS = 1024;
    private static final AttentionShape SHAPE =
            AttentionShape.bothWays(HEADS, HEADS, STARTS, (float) (1 / Math.sqrt(3.0 * HIDDEN / HEADS)));

    /** A row a distance, as up to half of the buckets. */
    private static final int[] ROWS = new int[2 * SHAPE.longest() - 1];

    static {
        for (int i = 0; i < ROWS.length; i++) {
            ROWS[i] = i;
        }
    }

    /** Queries, keys and values are columns of one tensor, and so are their gradients. */
    @State(Scope.Thread)
    public static class Heads {
        final Ring qkv = new Ring(TOKENS, 3 * HIDDEN);
        final Ring relative = new Ring(ROWS.length, 2 * HIDDEN);
        final Ring gradient = new Ring(TOKENS, 3 * HIDDEN);
        final Ring relativeGradient = new Ring(ROWS.length, 2 * HIDDEN);
        final Ring dOut = new Ring(TOKENS, HIDDEN);
        final Ring result = new Ring(TOKENS, HIDDEN);
        final Tensor out = Tensor.zeros(TOKENS, HIDDEN);
        final Tensor logSumExp = Tensor.zeros(TOKENS, HEADS);

        @Setup(Level.Trial)
        public void forward(Watched watched) {
            // All tensors of a ring hold the same numbers, so that one forward serves every backward.
            attend(watched, qkv.next(), relative.next(), logSumExp, out);
            watched.tally.reset();
        }
    }

    private static void attend(Watched watched, Tensor qkv, Tensor relative, Tensor logSumExp, Tensor out) {
        watched.kernels.run(new RelativeAttention.Forward(
                part(qkv, 0), part(qkv, 1), part(qkv, 2), halves(relative), ROWS, SHAPE, out, logSumExp));
    }

    private static Relative halves(Tensor x) {
        return new Relative(Optional.of(part(x, 1)), Optional.of(part(x, 0)));
    }

    private static Tensor part(Tensor x, int which) {
        return x.columns(which * HIDDEN, (which + 1) * HIDDEN);
    }

    @Benchmark
    public void relativeAttention(Watched watched, Heads heads, Work work) {
        attend(watched, heads.qkv.next(), heads.relative.next(), heads.logSumExp, heads.result.next());
        work.take(watched.tally);
    }

    @Benchmark
    public void relativeAttentionBackward(Watched watched, Heads heads, Work work) {
        Tensor qkv = heads.qkv.next();
        Tensor gradient = heads.gradient.next();
        watched.kernels.run(new RelativeAttention.Backward(
                heads.dOut.next(),
                part(qkv, 0),
                part(qkv, 1),
                part(qkv, 2),
                halves(heads.relative.next()),
                ROWS,
                SHAPE,
                heads.out,
                heads.logSumExp,
                part(gradient, 0),
                part(gradient, 1),
                part(gradient, 2),
                halves(heads.relativeGradient.next())));
        work.take(watched.tally);
    }

    @Benchmark
    public void attentionBothWays(Watched watched, Heads heads, Work work) {
        Tensor qkv = heads.qkv.next();
        watched.kernels.run(new Attention.Forward(
                part(qkv, 0), part(qkv, 1), part(qkv, 2), SHAPE, heads.result.next(), heads.logSumExp));
        work.take(watched.tally);
    }

    @Benchmark
    public void attentionBothWaysBackward(Watched watched, Heads heads, Work work) {
        Tensor qkv = heads.qkv.next();
        Tensor gradient = heads.gradient.next();
        watched.kernels.run(new Attention.Backward(
                heads.dOut.next(),
                part(qkv, 0),
                part(qkv, 1),
                part(qkv, 2),
                heads.out,
                heads.logSumExp,
                SHAPE,
                part(gradient, 0),
                part(gradient, 1),
                part(gradient, 2)));
        work.take(watched.tally);
    }
}
