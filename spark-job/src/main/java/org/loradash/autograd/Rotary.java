package org.loradash.autograd;

import org.loradash.kernel.Kernels.Rotation;
import org.loradash.kernel.Tensor;

/** Rotary position embedding (arXiv 2104.09864). It turns its argument's memory: the argument is not to be used after. */
public final class Rotary {
    private Rotary() {}

    /**
     * @param cosines of every angle, positions x head width / 2
     * @param sines likewise
     */
    public record Table(Tensor cosines, Tensor sines) {}

    /**
     * @param x T x (heads * head width)
     * @param positions of the T tokens in their sequences
     */
    public static Variable apply(Tape tape, Variable x, int heads, Table table, int[] positions) {
        tape.kernels().rotate(x.value(), heads, table.cosines(), table.sines(), positions, Rotation.FORWARD);
        return tape.result(x.value(), x.needsGradient(), result -> {
            tape.kernels()
                    .rotate(result.gradient(), heads, table.cosines(), table.sines(), positions, Rotation.INVERSE);
            x.gradient(result.gradient());
        });
    }
}
