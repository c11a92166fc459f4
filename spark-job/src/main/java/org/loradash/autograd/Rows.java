package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.ScatterRows;

/** Chosen rows of a matrix, so that later operations compute only those. */
public final class Rows {
    private Rows() {}

    /**
     * @param x T x d
     * @param indices of n rows, each at most once
     * @return n x d
     */
    public static Variable gather(Tape tape, Variable x, int[] indices) {
        Tensor out = tape.arena().take(indices.length, x.value().columns());
        tape.kernels().run(new GatherRows(x.read(tape), indices, out));
        return tape.result(out, x.needsGradient(), result -> tape.kernels()
                .run(new ScatterRows(result.gradient(), indices, tape.gradientToAddTo(x))));
    }
}
