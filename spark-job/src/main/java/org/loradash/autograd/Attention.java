package org.loradash.autograd;

import org.loradash.kernel.Kernels;
import org.loradash.kernel.Kernels.Rotation;
import org.loradash.kernel.Tensor;

/**
 * Causal attention within each sequence, with grouped queries (arXiv 1706.03762, 2305.13245) and rotary positions (arXiv
 * 2104.09864).
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
     * Queries and keys are turned in their memory: the argument is used by no other operation.
     *
     * @param qkv T x ((heads + 2 keyHeads) * d): queries, keys, values
     * @return T x (heads * d)
     * @throws IllegalStateException if the argument is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable qkv, Shape shape, Angles angles) {
        Tensor value = qkv.overwrite(tape);
        int d = value.columns() / (shape.heads() + 2 * shape.keyHeads());
        int tokens = value.rows();
        int keysFrom = shape.heads() * d;
        int valuesFrom = keysFrom + shape.keyHeads() * d;
        Tensor q = value.columns(0, keysFrom);
        Tensor k = value.columns(keysFrom, valuesFrom);
        Tensor v = value.columns(valuesFrom, value.columns());
        float scale = (float) (1 / Math.sqrt(d));
        turn(tape, value.columns(0, valuesFrom), shape, angles, Rotation.FORWARD);
        Tensor out = tape.arena().take(tokens, keysFrom);
        Tensor logSumExp = tape.arena().take(tokens, shape.heads());
        tape.kernels().attention(q, k, v, shape.starts(), shape.heads(), shape.keyHeads(), scale, out, logSumExp);
        Variable attended = tape.result(out, qkv.needsGradient(), result -> {
            Tensor gradient = tape.newGradient(qkv);
            tape.kernels()
                    .attentionBackward(
                            result.gradient(),
                            q,
                            k,
                            v,
                            out,
                            logSumExp,
                            shape.starts(),
                            shape.heads(),
                            shape.keyHeads(),
                            scale,
                            gradient.columns(0, keysFrom),
                            gradient.columns(keysFrom, valuesFrom),
                            gradient.columns(valuesFrom, gradient.columns()));
            turn(tape, gradient.columns(0, valuesFrom), shape, angles, Rotation.INVERSE);
        });
        return attended.kept();
    }

    /**
     * The same of the newest tokens of sequences, to all of their tokens so far: keys and values of the newest are put into
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
        kernels.rotate(
                queriesAndKeys,
                heads + keyHeads,
                angles.cosines(),
                angles.sines(),
                sequences.positions(),
                Rotation.FORWARD);
        kernels.writeSlots(value.columns(keysFrom, valuesFrom), sequences.newestSlots(), keyHeads, cache.keys());
        kernels.writeSlots(
                value.columns(valuesFrom, value.columns()), sequences.newestSlots(), keyHeads, cache.values());
        Tensor out = tape.arena().take(value.rows(), keysFrom);
        kernels.cachedAttention(
                value.columns(0, keysFrom),
                sequences.starts(),
                cache.keys(),
                cache.values(),
                sequences.slots(),
                sequences.lengths(),
                heads,
                keyHeads,
                (float) (1 / Math.sqrt(d)),
                out);
        return tape.result(out, false, result -> {});
    }

    /** Queries and keys at once: they turn by the same angles. */
    private static void turn(Tape tape, Tensor queriesAndKeys, Shape shape, Angles angles, Rotation rotation) {
        tape.kernels()
                .rotate(
                        queriesAndKeys,
                        shape.heads() + shape.keyHeads(),
                        angles.cosines(),
                        angles.sines(),
                        shape.positions(),
                        rotation);
    }
}
