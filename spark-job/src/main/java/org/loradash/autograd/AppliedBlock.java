package org.loradash.autograd;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;

/**
 * One application of a block: the tape that is its own, and its arguments, which have the inputs' values. In the backward
 * an argument carries its input's gradient, in memory from before the block, so that all that the block takes is given
 * back at its end.
 */
final class AppliedBlock {
    private final Tape outside;
    private final Tape inside;
    private final List<Variable> inputs;
    private final List<Variable> arguments;

    AppliedBlock(Tape outside, Tape inside, List<Variable> inputs) {
        this.outside = outside;
        this.inside = inside;
        this.inputs = inputs;
        this.arguments = inputs.stream()
                .map(input -> new Variable(inside, input.value(), input.needsGradient()).kept())
                .toList();
    }

    /**
     * Runs the block forward.
     *
     * @throws IllegalStateException if the result is not rows x columns
     */
    Variable result(Tape.BlockOfSeveral block, int rows, int columns) {
        Variable result = block.apply(inside, arguments);
        result.checkWithin(inside);
        if (result.value().rows() != rows || result.value().columns() != columns) {
            throw new IllegalStateException(
                    "block: result %s (must be %d x %d)".formatted(result.value(), rows, columns));
        }
        return result;
    }

    /** What the inside's backward needs: the block's result, made again or kept. */
    @FunctionalInterface
    interface Made {
        Variable result(AppliedBlock block);
    }

    /**
     * Turns the gradient of the block's result into those of its inputs. The memory of the former becomes the gradient of the
     * first input that has its shape and no gradient yet: on a residual stream nothing is copied. Other inputs without a
     * gradient start with zeros.
     *
     * @param result on the outer tape
     */
    void backward(Variable result, Made made) {
        Tensor stream = outside.gradientToOverwrite(result);
        Optional<Variable> heir = Optional.empty();
        for (int i : needed()) {
            Variable input = inputs.get(i);
            if (input.hasGradient()) {
                outside.gradientToOverwrite(input);
                move(input, arguments.get(i));
            } else if (heir.isEmpty() && sameShape(input.value(), stream)) {
                heir = Optional.of(arguments.get(i));
            } else {
                outside.gradientToAddTo(arguments.get(i));
            }
        }
        Arena.Mark mark = outside.arena().mark();
        move(result, made.result(this));
        inside.backward();
        heir.filter(Variable::hasGradient).ifPresent(argument -> settle(argument, stream));
        outside.arena().release(mark);
        for (int i : needed()) {
            move(arguments.get(i), inputs.get(i));
        }
    }

    private int[] needed() {
        return IntStream.range(0, inputs.size())
                .filter(i -> inputs.get(i).needsGradient())
                .toArray();
    }

    private static boolean sameShape(Tensor x, Tensor y) {
        return x.rows() == y.rows() && x.columns() == y.columns();
    }

    /** Passes all of a gradient on. */
    private void move(Variable from, Variable to) {
        if (from.hasGradient()) {
            outside.passOn(from, to);
            from.letGo();
        }
    }

    /** Moves the gradient out of memory that is about to be given back, unless it is in the stream's. */
    private void settle(Variable argument, Tensor stream) {
        Tensor gradient = argument.gradient();
        if (gradient != stream) {
            outside.kernels().run(new Copy(gradient, stream));
            argument.letGo();
            argument.gradient(stream);
        }
    }
}
