package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/** Causal attention within each sequence, with grouped queries (arXiv 1706.03762, 2305.13245). */
public final class Attention {
    private Attention() {}

    /**
     * @param heads of queries
     * @param keyHeads of keys and values; divides heads
     * @param starts offsets of the sequences in the rows, first 0, last T
     */
    public record Shape(int heads, int keyHeads, int[] starts) {}

    /**
     * @param q T x (heads * d)
     * @param k T x (keyHeads * d), v likewise
     * @return T x (heads * d)
     */
    public static Variable apply(Tape tape, Variable q, Variable k, Variable v, Shape shape) {
        int tokens = q.value().rows();
        float scale = (float) (1 / Math.sqrt(q.value().columns() / shape.heads()));
        Tensor out = tape.arena().take(tokens, q.value().columns());
        Tensor logSumExp = tape.arena().take(tokens, shape.heads());
        tape.kernels()
                .attention(
                        q.value(),
                        k.value(),
                        v.value(),
                        shape.starts(),
                        shape.heads(),
                        shape.keyHeads(),
                        scale,
                        out,
                        logSumExp);
        boolean needsGradient = q.needsGradient() || k.needsGradient() || v.needsGradient();
        return tape.result(out, needsGradient, result -> tape.kernels()
                .attentionBackward(
                        result.gradient(),
                        q.value(),
                        k.value(),
                        v.value(),
                        out,
                        logSumExp,
                        shape.starts(),
                        shape.heads(),
                        shape.keyHeads(),
                        scale,
                        tape.newGradient(q),
                        tape.newGradient(k),
                        tape.newGradient(v)));
    }
}
