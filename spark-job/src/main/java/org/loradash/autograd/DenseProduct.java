package org.loradash.autograd;

import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import java.util.List;
import org.loradash.autograd.LinearChange.DensePart;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;

/** Products with dense changes of a linear layer's weight. */
final class DenseProduct {
    private DenseProduct() {}

    /** For the outputs of each part y = kept y + dropout(x) added^T. */
    static void forward(Tape tape, Tensor x, List<DensePart> parts, Tensor y) {
        for (DensePart part : parts) {
            Arena.Mark scratch = tape.arena().mark();
            Dense dense = part.dense();
            tape.kernels()
                    .matmul(
                            dropped(tape, x, part.dropout()),
                            PLAIN,
                            dense.added(),
                            TRANSPOSED,
                            y.columns(part.from(), part.to()),
                            1f,
                            dense.kept());
            tape.arena().release(scratch);
        }
    }

    /** The gradient of the frozen weight's product: dy with the outputs of each part times kept; dy itself where all is. */
    static Tensor ofFrozen(Tape tape, Tensor dy, List<DensePart> parts) {
        if (parts.stream().allMatch(part -> part.dense().kept() == 1f)) {
            return dy;
        }
        Kernels kernels = tape.kernels();
        Tensor scaled = tape.arena().take(dy.rows(), dy.columns());
        kernels.copy(dy, scaled);
        for (DensePart part : parts) {
            Arena.Mark scratch = tape.arena().mark();
            Tensor columns = tape.arena().take(dy.rows(), part.to() - part.from());
            columns.fill(0f);
            kernels.addColumns(dy, part.from(), part.dense().kept(), columns);
            kernels.writeColumns(columns, 1f, scaled, part.from());
            tape.arena().release(scratch);
        }
        return scaled;
    }

    /** addedGradient += dy^T dropout(x). */
    static void parameters(Tape tape, Tensor dy, Tensor x, List<DensePart> parts) {
        for (DensePart part : parts) {
            Arena.Mark scratch = tape.arena().mark();
            tape.kernels()
                    .matmul(
                            dy.columns(part.from(), part.to()),
                            TRANSPOSED,
                            dropped(tape, x, part.dropout()),
                            PLAIN,
                            part.dense().addedGradient(),
                            1f,
                            1f);
            tape.arena().release(scratch);
        }
    }

    /** dx += dropout(dy added). */
    static void input(Tape tape, Tensor dy, List<DensePart> parts, Tensor dx) {
        Kernels kernels = tape.kernels();
        for (DensePart part : parts) {
            Tensor outputs = dy.columns(part.from(), part.to());
            Tensor added = part.dense().added();
            if (!part.dropout().active()) {
                kernels.matmul(outputs, PLAIN, added, PLAIN, dx, 1f, 1f);
                continue;
            }
            Arena.Mark scratch = tape.arena().mark();
            Tensor dDropped = tape.arena().take(dx.rows(), dx.columns());
            kernels.matmul(outputs, PLAIN, added, PLAIN, dDropped, 1f, 0f);
            drop(tape, dDropped, part.dropout(), dDropped);
            kernels.add(dDropped, 1f, dx);
            tape.arena().release(scratch);
        }
    }

    private static Tensor dropped(Tape tape, Tensor x, Dropout dropout) {
        if (!dropout.active()) {
            return x;
        }
        Tensor dropped = tape.arena().take(x.rows(), x.columns());
        drop(tape, x, dropout, dropped);
        return dropped;
    }

    private static void drop(Tape tape, Tensor x, Dropout dropout, Tensor dropped) {
        tape.kernels().dropout(x, dropout.seed(), 0, dropout.probability(), dropped);
    }
}
