package org.loradash.model.diffusion;

import java.util.Optional;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Patches;

/**
 * A frozen convolution.
 *
 * @param weight outputs x (side * side * inputs), inputs of one place together
 * @param bias 1 x outputs
 * @param side of what is looked at around a place
 */
record Convolution(Tensor weight, Tensor bias, int side) {
    /** Which places of the argument are looked at, and how it is surrounded by zeros. */
    enum Step {
        /** Every place, with zeros all around. */
        EVERY,
        /** Every second place, with zeros all around. */
        SECOND,
        /** Every second place, with zeros behind the last alone. */
        SECOND_FROM_FIRST,
        /** Every place of the picture enlarged twice, each place to four, with zeros all around. */
        HALF;

        /** The side of a result. */
        private int side(int x) {
            return switch (this) {
                case EVERY -> x;
                case SECOND -> (x + 1) / 2;
                case SECOND_FROM_FIRST -> x / 2;
                case HALF -> 2 * x;
            };
        }
    }

    static Convolution read(String name, int outputs, int inputs, int side, PartWeights weights) {
        return new Convolution(
                weights.convolution(name + ".weight", outputs, inputs, side),
                weights.vector(name + ".bias", outputs),
                side);
    }

    Grid apply(Tape tape, Grid x, Step step) {
        return apply(tape, x, step, step.side(x.height()), step.side(x.width()));
    }

    /** The same of a picture enlarged to a size that may lack its last line or column. */
    Grid apply(Tape tape, Grid x, Step step, int height, int width) {
        return apply(tape, x, step, height, width, Optional.empty());
    }

    /** @param added 1 x outputs, to every place beside the bias */
    Grid apply(Tape tape, Grid x, Variable added) {
        return apply(tape, x, Step.EVERY, x.height(), x.width(), Optional.of(added));
    }

    private Grid apply(Tape tape, Grid x, Step step, int height, int width, Optional<Variable> added) {
        Patches.View view = new Patches.View(
                x.height(),
                x.width(),
                side,
                step == Step.SECOND_FROM_FIRST ? 0 : side / 2,
                step == Step.SECOND || step == Step.SECOND_FROM_FIRST ? 2 : 1,
                step == Step.HALF ? 2 : 1,
                height,
                width);
        return new Grid(
                org.loradash.autograd.Convolution.apply(tape, x.places(), weight, bias, added, view), height, width);
    }
}
