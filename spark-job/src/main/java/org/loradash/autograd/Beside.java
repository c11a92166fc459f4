package org.loradash.autograd;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.WriteColumns;

/** The columns of two values side by side, such as those of a level and of what skipped others. */
public final class Beside {
    private Beside() {}

    /**
     * What it makes is overwritten by nothing.
     *
     * @param x T x d
     * @param y T x e
     * @return T x (d + e)
     */
    public static Variable apply(Tape tape, Variable x, Variable y) {
        Tensor ofX = x.read(tape);
        Tensor ofY = y.read(tape);
        Tensor out = tape.arena().take(ofX.rows(), ofX.columns() + ofY.columns());
        tape.kernels().run(new WriteColumns(ofX, 1, out, 0));
        tape.kernels().run(new WriteColumns(ofY, 1, out, ofX.columns()));
        return tape.result(out, x.needsGradient() || y.needsGradient(), result -> {
                    add(tape, result, 0, x);
                    add(tape, result, ofX.columns(), y);
                })
                .kept();
    }

    private static void add(Tape tape, Variable result, int from, Variable argument) {
        if (argument.needsGradient()) {
            tape.kernels().run(new AddColumns(result.gradient(), from, 1, tape.gradientToAddTo(argument)));
        }
    }
}
