package org.loradash.autograd;

import java.util.function.Consumer;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Attention.Backward;
import org.loradash.kernel.operation.Attention.Forward;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.CachedAttention;
import org.loradash.kernel.operation.CachedKeys;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.Rotate.Direction;
import org.loradash.kernel.operation.WriteSlots;

/**
 * Attention within each sequence (arXiv 1706.03762): causal, with grouped queries (arXiv 2305.13245) and rotary positions
 * (arXiv 2104.09864), or both ways, with neither.
 */
public final class Attention {
    private Attention() {}

    /**
     * @param heads of queries
     * @param keyHeads of keys and values; divides heads
     * @param starts offsets of the sequences in the rows, first 0, last T
     * @param positions of the T tokens in their sequences
     */
    public record Shape(int heads, int keyHeads, int[] starts, int[] positions) {}

    /**
     * The angles that queries and keys turn by.
     *
     * @param cosines of every angle, positions x d / 2
     * @param sines likewise
     */
    public record Angles(Tensor cosines, Tensor sines) {}

    /**
     * Causal attention. Queries and keys are turned in their memory: the argument is used by no other operation.
     *
     * @param qkv T x ((heads + 2 keyHeads) * d): queries, keys, values
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable qkv, Shape shape, Angles angles) {
        Tensor value = qkv.overwrite(tape);
        int d = value.columns() / (shape.heads() + 2 * shape.keyHeads());
        int valuesFrom = (shape.heads() + shape.keyHeads()) * d;
        turn(tape, value.columns(0, valuesFrom), shape, angles, Direction.FORWARD);
        AttentionShape scaled = scaled(shape.heads(), shape.keyHeads(), shape.starts(), d);
        return attend(
                tape,
                qkv,
                value,
                scaled,
                gradient -> turn(tape, gradient.columns(0, valuesFrom), shape, angles, Direction.INVERSE));
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
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable cached(
            Tape tape,
            Variable qkv,
            int heads,
            int keyHeads,
            CachedSequences sequences,
            Angles angles,
            KeyValueCache.Layer cache) {
        Tensor value = qkv.overwrite(tape);
        int d = value.columns() / (heads + 2 * keyHeads);
        int keysFrom = heads * d;
        int valuesFrom = keysFrom + keyHeads * d;
        Kernels kernels = tape.kernels();
        Tensor queriesAndKeys = value.columns(0, valuesFrom);
        kernels.run(new Rotate(
                queriesAndKeys,
                heads + keyHeads,
                angles.cosines(),
                angles.sines(),
                sequences.positions(),
                Direction.FORWARD));
        kernels.run(
                new WriteSlots(value.columns(keysFrom, valuesFrom), sequences.newestSlots(), keyHeads, cache.keys()));
        kernels.run(new WriteSlots(
                value.columns(valuesFrom, value.columns()), sequences.newestSlots(), keyHeads, cache.values()));
        Tensor out = tape.arena().take(value.rows(), keysFrom);
        kernels.run(new CachedAttention(
                value.columns(0, keysFrom),
                scaled(heads, keyHeads, sequences.starts(), d),
                new CachedKeys(cache.keys(), cache.values(), sequences.slots(), sequences.lengths()),
                out));
        return tape.result(out, false, result -> {});
    }

    private static AttentionShape scaled(int heads, int keyHeads, int[] starts, int d) {
        return AttentionShape.causal(heads, keyHeads, starts, (float) (1 / Math.sqrt(d)));
    }

    /** Queries and keys at once: they turn by the same angles. */
    private static void turn(Tape tape, Tensor queriesAndKeys, Shape shape, Angles angles, Direction direction) {
        tape.kernels()
                .run(new Rotate(
                        queriesAndKeys,
                        shape.heads() + shape.keyHeads(),
                        angles.cosines(),
                        angles.sines(),
                        shape.positions(),
                        direction));
    }
}
