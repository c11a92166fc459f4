package org.loradash.benchmark.operation;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Reach;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Causal attention over one long sequence: plain, to a window, by scores below a cap, and both. */
public class LongAttentionBenchmark {
    private static final int TOKENS = 2048;
    private static final int HEADS = 8;
    private static final int KEY_HEADS = 4;
    private static final int D = 128;
    private static final int KEYS_FROM = HEADS * D;
    private static final int VALUES_FROM = KEYS_FROM + KEY_HEADS * D;
    private static final int WIDTH = VALUES_FROM + KEY_HEADS * D;

    /** What a token attends to, and by which scores. */
    public enum Kind {
        PLAIN,
        WINDOW,
        CAP,
        WINDOW_AND_CAP;

        AttentionShape shape() {
            AttentionShape causal =
                    AttentionShape.causal(HEADS, KEY_HEADS, new int[] {0, TOKENS}, (float) (1 / Math.sqrt(D)));
            AttentionShape reaching =
                    this == WINDOW || this == WINDOW_AND_CAP ? causal.reaching(Reach.window(256)) : causal;
            return this == CAP || this == WINDOW_AND_CAP ? reaching.capped(50) : reaching;
        }
    }

    /** Queries, keys and values are columns of one tensor, and so are their gradients. */
    @State(Scope.Thread)
    public static class Sequence {
        @Param
        public Kind attention;

        final Ring qkv = new Ring(TOKENS, WIDTH);
        final Ring gradient = new Ring(TOKENS, WIDTH);
        final Ring dOut = new Ring(TOKENS, KEYS_FROM);
        final Ring result = new Ring(TOKENS, KEYS_FROM);
        final Tensor out = Tensor.zeros(TOKENS, KEYS_FROM);
        final Tensor logSumExp = Tensor.zeros(TOKENS, HEADS);

        @Setup(Level.Trial)
        public void forward(Watched watched) {
            attend(watched, this, out);
            watched.tally.reset();
        }
    }

    private static void attend(Watched watched, Sequence sequence, Tensor out) {
        Tensor qkv = sequence.qkv.next();
        watched.kernels.run(new Attention.Forward(
                queries(qkv), keys(qkv), values(qkv), sequence.attention.shape(), out, sequence.logSumExp));
    }

    private static Tensor queries(Tensor qkv) {
        return qkv.columns(0, KEYS_FROM);
    }

    private static Tensor keys(Tensor qkv) {
        return qkv.columns(KEYS_FROM, VALUES_FROM);
    }

    private static Tensor values(Tensor qkv) {
        return qkv.columns(VALUES_FROM, WIDTH);
    }

    @Benchmark
    public void longAttention(Watched watched, Sequence sequence, Work work) {
        attend(watched, sequence, sequence.result.next());
        work.take(watched.tally);
    }

    @Benchmark
    public void longAttentionBackward(Watched watched, Sequence sequence, Work work) {
        Tensor qkv = sequence.qkv.next();
        Tensor gradient = sequence.gradient.next();
        watched.kernels.run(new Attention.Backward(
                sequence.dOut.next(),
                queries(qkv),
                keys(qkv),
                values(qkv),
                sequence.out,
                sequence.logSumExp,
                sequence.attention.shape(),
                queries(gradient),
                keys(gradient),
                values(gradient)));
        work.take(watched.tally);
    }
}
