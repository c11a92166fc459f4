package org.loradash.autograd;

import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.dot;
import static org.loradash.Differences.normal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.Differences;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;

/** An operation with a loss behind it, the sum of its result's elements with random weights, forward and backward. */
final class Differentiated {
    private static final double TOLERANCE = 2e-3;

    private final Tape tape;
    private final Operation operation;
    private final List<Tensor> arguments;
    private final Tensor weights;
    private final List<Variable> inputs = new ArrayList<>();

    /** Makes the operation's result of inputs that another operation made. */
    interface Operation {
        Variable apply(Tape tape, List<Variable> inputs);
    }

    Differentiated(Tape tape, Operation operation, Tensor... arguments) {
        this.tape = tape;
        this.operation = operation;
        this.arguments = List.of(arguments);
        Tensor result = forward().value();
        this.weights = normal(99, result.rows(), result.columns(), 1);
    }

    /** Runs the backward, then holds every input's gradient against differences. */
    Differentiated inputsAgree() {
        backward();
        List<float[]> gradients =
                inputs.stream().map(input -> input.gradient().toArray()).toList();
        for (int i = 0; i < gradients.size(); i++) {
            assertClose("input " + i, gradients.get(i), differences(arguments.get(i)), TOLERANCE);
        }
        return this;
    }

    /** Runs the backward, then holds a parameter's gradient against differences. */
    Differentiated parameterAgrees(String name, Tensor parameter, Tensor gradient) {
        gradient.fill(0f); // a backward adds to what is there
        backward();
        backward();
        double[] twice = differences(parameter);
        Arrays.setAll(twice, i -> 2 * twice[i]);
        assertClose(name, gradient.toArray(), twice, TOLERANCE);
        return this;
    }

    private double[] differences(Tensor argument) {
        return Differences.gradient(argument, () -> dot(forward().value(), weights));
    }

    private void backward() {
        Variable result = forward();
        result.gradient(Tensor.of(weights.rows(), weights.columns(), weights.toArray()));
        tape.backward();
    }

    private Variable forward() {
        tape.reset();
        inputs.clear();
        arguments.forEach(argument -> inputs.add(tape.input(argument)));
        return operation.apply(
                tape, inputs.stream().map(input -> copied(tape, input)).toList());
    }

    /** What an operation makes may be overwritten by the next one; an input may not. */
    private static Variable copied(Tape tape, Variable input) {
        Tensor copy = tape.arena().take(input.value().rows(), input.value().columns());
        tape.kernels().run(new Copy(input.read(tape), copy));
        return tape.result(copy, true, result -> tape.passOn(result, input));
    }
}
