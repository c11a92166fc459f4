package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.CrossAttention.Backward;
import org.loradash.kernel.operation.CrossAttention.Forward;

/** Attention of one sequence to all of another (arXiv 1706.03762), with the scale 1 / sqrt(d). */
public final class CrossAttention {
    private CrossAttention() {}

    /**
     * Both arguments are used by no other operation.
     *
     * @param query T x (heads * d)
     * @param keyValue L x (2 heads * d): keys, values
     * @return T x (heads * d)
     * @throws IllegalStateException if an argument is used elsewhere too
     */
    public static Variable apply(Tape tape, Variable query, Variable keyValue, int heads) {
        Tensor q = query.overwrite(tape);
        Tensor both = keyValue.overwrite(tape);
        int width = q.columns();
        Tensor k = both.columns(0, width);
        Tensor v = both.columns(width, 2 * width);
        float scale = (float) (1 / Math.sqrt((double) width / heads));
        Tensor out = tape.arena().take(q.rows(), width);
        Tensor logSumExp = tape.arena().take(q.rows(), heads);
        tape.kernels().run(new Forward(q, k, v, heads, scale, out, logSumExp));
        boolean needed = query.needsGradient() || keyValue.needsGradient();
        return tape.result(out, needed, result -> {
                    // Wanted or not: nothing trainable may reach one of the two.
                    Tensor dq = tape.newGradient(query);
                    Tensor dBoth = tape.newGradient(keyValue);
                    tape.kernels()
                            .run(new Backward(
                                    result.gradient(),
                                    q,
                                    k,
                                    v,
                                    heads,
                                    scale,
                                    out,
                                    logSumExp,
                                    dq,
                                    dBoth.columns(0, width),
                                    dBoth.columns(width, 2 * width)));
                })
                .kept();
    }
}
