package org.loradash.autograd;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention.Backward;
import org.loradash.kernel.operation.Attention.Forward;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Reach;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Rotate.Direction;
import org.loradash.kernel.operation.WriteSlots;

/**
 * Attention of tokens to each other (arXiv 1706.03762): causal, with grouped queries (arXiv 2305.13245), rotary positions
 * (arXiv 2104.09864), sliding windows (arXiv 2310.06825) and soft caps (arXiv 2408.00118), or both ways, with none of them.
 */
public final class Attention {
    private Attention() {}

    /**
     * What a layer's causal attention is.
     *
     * @param heads of queries
     * @param keyHeads of keys and values; divides heads
     * @param scale what products of queries and keys are multiplied by
     * @param cap c, where scaled products x become scores c tanh(x / c)
     * @param window how many tokens a token attends to at most, the newest up to itself; all of them where it is absent
     */
    public record Heads(int heads, int keyHeads, float scale, OptionalDouble cap, OptionalInt window) {

        /** With the scale 1 / sqrt(width), without a cap and a window. */
        public static Heads plain(int heads, int keyHeads, int width) {
            return new Heads(
                    heads, keyHeads, (float) (1 / Math.sqrt(width)), OptionalDouble.empty(), OptionalInt.empty());
        }

        private AttentionShape over(Forest forest) {
            return new AttentionShape(
                    heads,
                    keyHeads,
                    forest,
                    scale,
                    (float) cap.orElse(Double.POSITIVE_INFINITY),
                    window.isPresent() ? Reach.window(window.getAsInt()) : Reach.CAUSAL);
        }
    }

    /**
     * The angles that queries and keys turn by: the first 2 x angles columns of each head, as two halves. Others stay.
     *
     * @param cosines positions x angles, times what turned ones are stretched by
     * @param sines likewise
     */
    public record Angles(Tensor cosines, Tensor sines) {}

    /**
     * Causal attention. Queries and keys are turned in their memory: the argument is used by no other operation.
     *
     * @param qkv T x ((heads + 2 keyHeads) * d): queries, keys, values
     * @param forest how the T tokens hang together; a token's place in it is its position
     * @param angles absent where positions do not turn queries and keys
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable qkv, Heads heads, Forest forest, Optional<Angles> angles) {
        Tensor value = qkv.overwrite(tape);
        int[] places = forest.places();
        turn(tape, value, heads, places, angles, Direction.FORWARD);
        return attend(
                tape,
                qkv,
                value,
                heads.over(forest),
                gradient -> turn(tape, gradient, heads, places, angles, Direction.TRANSPOSED));
    }

    /**
     * Every token attends to all of its sequence, itself included (arXiv 1810.04805), with the scale 1 / sqrt(d).
     * The argument is used by no other operation.
     *
     * @param qkv T x (3 heads * d): queries, keys, values
     * @param starts offsets of the sequences in the rows, first 0, last T
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable bothWays(Tape tape, Variable qkv, int heads, int[] starts) {
        Tensor value = qkv.overwrite(tape);
        float scale = (float) (1 / Math.sqrt(value.columns() / (3.0 * heads)));
        return attend(tape, qkv, value, AttentionShape.bothWays(heads, heads, starts, scale), gradient -> {});
    }

    /** @param last what becomes of the gradient of queries, keys and values in the end */
    private static Variable attend(Tape tape, Variable qkv, Tensor value, AttentionShape shape, Consumer<Tensor> last) {
        int d = value.columns() / (shape.heads() + 2 * shape.keyHeads());
        int keysFrom = shape.heads() * d;
        int valuesFrom = keysFrom + shape.keyHeads() * d;
        Tensor q = value.columns(0, keysFrom);
        Tensor k = value.columns(keysFrom, valuesFrom);
        Tensor v = value.columns(valuesFrom, value.columns());
        Tensor out = tape.arena().take(value.rows(), keysFrom);
        Tensor logSumExp = tape.arena().take(value.rows(), shape.heads());
        tape.kernels().run(new Forward(q, k, v, shape, out, logSumExp));
        Variable attended = tape.result(out, qkv.needsGradient(), result -> {
            Tensor gradient = tape.newGradient(qkv);
            tape.kernels()
                    .run(new Backward(
                            result.gradient(),
                            q,
                            k,
                            v,
                            out,
                            logSumExp,
                            shape,
                            gradient.columns(0, keysFrom),
                            gradient.columns(keysFrom, valuesFrom),
                            gradient.columns(valuesFrom, gradient.columns())));
            last.accept(gradient);
        });
        return attended.kept();
    }

    /**
     * Causal attention of the newest tokens of sequences, to all of their tokens so far: keys and values of the newest are put into
     * the cache, those of the others are there. It has no backward.
     *
     * @param qkv T x ((heads + 2 keyHeads) * d), overwritten
     * @param angles absent where positions do not turn queries and keys
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable cached(
            Tape tape,
            Variable qkv,
            Heads heads,
            CachedSequences sequences,
            Optional<Angles> angles,
            KeyValueCache.Layer cache) {
        Tensor value = qkv.overwrite(tape);
        int d = value.columns() / (heads.heads() + 2 * heads.keyHeads());
        int keysFrom = heads.heads() * d;
        int valuesFrom = keysFrom + heads.keyHeads() * d;
        turn(tape, value, heads, sequences.positions(), angles, Direction.FORWARD);
        Kernels kernels = tape.kernels();
        CachedSequences.Held held = sequences.held(cache.room());
        kernels.run(new WriteSlots(
                value.columns(keysFrom, valuesFrom), held.newestSlots(), heads.keyHeads(), cache.keys()));
        kernels.run(new WriteSlots(
                value.columns(valuesFrom, value.columns()), held.newestSlots(), heads.keyHeads(), cache.values()));
        Tensor out = tape.arena().take(value.rows(), keysFrom);
        kernels.run(new CachedAttention(
                value.columns(0, keysFrom),
                heads.over(Forest.of(sequences.starts())),
                new CachedKeys(cache.keys(), cache.values(), held.slots(), held.lengths()),
                out));
        return tape.result(out, false, result -> {});
    }

    /** Queries and keys at once: they turn by the same angles. */
    private static void turn(
            Tape tape, Tensor qkv, Heads heads, int[] positions, Optional<Angles> angles, Direction direction) {
        if (angles.isEmpty()) {
            return;
        }
        int turned = heads.heads() + heads.keyHeads();
        int d = qkv.columns() / (turned + heads.keyHeads());
        tape.kernels()
                .run(new Rotate(
                        qkv.columns(0, turned * d),
                        turned,
                        angles.get().cosines(),
                        angles.get().sines(),
                        positions,
                        direction));
    }
}
