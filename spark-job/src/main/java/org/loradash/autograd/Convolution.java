package org.loradash.autograd;

import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;

import java.util.Optional;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.Patches;
import org.loradash.kernel.operation.RepeatRow;

/**
 * A frozen convolution of an image: for some places at a time what lies around each is gathered, and one product made of it. So
 * no more of the patches than that ever takes memory, forwards or backwards, and they stay near the cores.
 */
public final class Convolution {
    /** Elements gathered at once. */
    private static final int ELEMENTS = 1 << 20;

    private Convolution() {}

    /**
     * At each place of the result, weight times the patch around it, + bias + added.
     *
     * @param x height * width x inputs
     * @param weight outputs x (area * inputs), inputs of one place together
     * @param bias 1 x outputs
     * @param added 1 x outputs, such as what a time step says
     * @return places of the view x outputs
     */
    public static Variable apply(
            Tape tape, Variable x, Tensor weight, Tensor bias, Optional<Variable> added, Patches.View view) {
        Tensor value = x.read(tape);
        Tensor out = tape.arena().take(view.places(), weight.rows());
        Kernels kernels = tape.kernels();
        Arena.Mark scratch = tape.arena().mark();
        Tensor row = tape.arena().take(1, weight.rows());
        kernels.run(new Copy(bias, row));
        added.ifPresent(more -> kernels.run(new Add(more.read(tape), 1, row)));
        kernels.run(new RepeatRow(row, out));
        if (view.isEachPlace()) {
            kernels.run(new MatrixProduct(value, PLAIN, weight, TRANSPOSED, out, 1, 1));
        } else {
            byPlaces(tape, weight, view, (from, patches) -> {
                kernels.run(new Patches.Forward(value, view, from, patches));
                Tensor places = out.rows(from, from + patches.rows());
                kernels.run(new MatrixProduct(patches, PLAIN, weight, TRANSPOSED, places, 1, 1));
            });
        }
        tape.arena().release(scratch);
        boolean needed =
                x.needsGradient() || added.filter(Variable::needsGradient).isPresent();
        return tape.result(out, needed, result -> {
            added.filter(Variable::needsGradient)
                    .ifPresent(more -> Linear.addSumOfRows(tape, result.gradient(), tape.gradientToAddTo(more)));
            if (x.needsGradient()) {
                backward(tape, result.gradient(), weight, view, tape.gradientToAddTo(x));
            }
        });
    }

    private static void backward(Tape tape, Tensor dOut, Tensor weight, Patches.View view, Tensor dx) {
        Kernels kernels = tape.kernels();
        if (view.isEachPlace()) {
            kernels.run(new MatrixProduct(dOut, PLAIN, weight, PLAIN, dx, 1, 1));
            return;
        }
        byPlaces(tape, weight, view, (from, patches) -> {
            Tensor places = dOut.rows(from, from + patches.rows());
            kernels.run(new MatrixProduct(places, PLAIN, weight, PLAIN, patches, 1, 0));
            kernels.run(new Patches.Backward(patches, view, from, dx));
        });
    }

    @FunctionalInterface
    private interface OnPlaces {
        /** @param patches of the places from the first on, to be written */
        void compute(int from, Tensor patches);
    }

    private static void byPlaces(Tape tape, Tensor weight, Patches.View view, OnPlaces work) {
        Arena.Mark scratch = tape.arena().mark();
        int together = Math.max(1, Math.min(view.places(), ELEMENTS / weight.columns()));
        Tensor patches = tape.arena().take(together, weight.columns());
        for (int from = 0; from < view.places(); from += together) {
            work.compute(from, patches.rows(0, Math.min(together, view.places() - from)));
        }
        tape.arena().release(scratch);
    }
}
