package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Gather;

/** Rows of a frozen table, one a token. */
public final class Embedding {
    private Embedding() {}

    /**
     * @param table vocabulary x d
     * @return T x d, which nothing trainable reaches
     */
    public static Variable apply(Tape tape, Weight table, int[] tokens) {
        Tensor out = tape.arena().take(tokens.length, table.columns());
        tape.kernels().run(new Gather(table, tokens, out));
        return tape.result(out, false, result -> {});
    }
}
