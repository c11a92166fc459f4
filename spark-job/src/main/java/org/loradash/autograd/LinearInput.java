package org.loradash.autograd;

import java.util.function.Function;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.RmsNorm.Backward;
import org.loradash.kernel.operation.RmsNorm.Forward;

/**
 * What a linear layer is applied to: a variable, or a cheap function of one whose value is made again in the backward pass
 * rather than kept.
 */
public sealed interface LinearInput permits LinearInput.Plain, LinearInput.Normalised, LinearInput.Remade {

    /** The variable itself. */
    static LinearInput of(Variable x) {
        return new Plain(x);
    }

    /**
     * Root mean square normalisation with a frozen weight (arXiv 1910.07467).
     *
     * @param x T x d
     * @param weight 1 x d
     */
    static LinearInput normalised(Tape tape, Variable x, Tensor weight, float epsilon) {
        return normalised(tape, x, Parameter.frozen(weight), epsilon);
    }

    /**
     * Root mean square normalisation with a weight that may be trained.
     *
     * @param x T x d
     * @param weight 1 x d
     */
    static LinearInput normalised(Tape tape, Variable x, Parameter weight, float epsilon) {
        return new Normalised(x, weight, epsilon, tape.arena().take(x.value().rows(), 1));
    }

    /**
     * The gated unit of feed-forward layers (arXiv 2002.05202), f(gate) * up. Its backward takes the argument's memory, so
     * that a layer refuses one which another operation uses too.
     *
     * @param gateAndUp T x 2 d, gate's columns first
     */
    static LinearInput gated(Variable gateAndUp, Activation activation) {
        int width = gateAndUp.value().columns() / 2;
        return gated(
                gateAndUp,
                gateAndUp.value().columns(0, width),
                gateAndUp.value().columns(width, 2 * width),
                activation);
    }

    /**
     * The same of what the second half opens, as GEGLU has it.
     *
     * @param upAndGate T x 2 d, gate's columns last
     */
    static LinearInput gatedBySecond(Variable upAndGate, Activation activation) {
        int width = upAndGate.value().columns() / 2;
        return gated(
                upAndGate,
                upAndGate.value().columns(width, 2 * width),
                upAndGate.value().columns(0, width),
                activation);
    }

    private static LinearInput gated(Variable both, Tensor gate, Tensor up, Activation activation) {
        return new Remade(
                both,
                gate.columns(),
                out -> new GatedUnit.Forward(gate, up, activation, out),
                dOut -> new GatedUnit.Backward(dOut, gate, up, activation));
    }

    /**
     * An activation. Its backward takes the argument's memory, so that a layer refuses one which another operation uses too.
     *
     * @param x T x d
     */
    static LinearInput activated(Variable x, Activation activation) {
        Tensor value = x.value();
        return new Remade(
                x,
                value.columns(),
                out -> new Activate.Forward(value, activation, out),
                dOut -> new Activate.Backward(dOut, value, activation));
    }

    /**
     * Takes the variable as an argument of an operation that is being recorded.
     *
     * @throws IllegalStateException if it is of another tape, or overwritten by one operation and used by another
     */
    void use(Tape tape);

    /** T. */
    int rows();

    /** Whether anything trainable reaches it. */
    boolean needsGradient();

    /** The value, in the arena unless it is a variable's own. */
    Tensor value(Tape tape);

    /**
     * Where the value's gradient is to be computed.
     *
     * @param memory T x d, which outlives the layer's backward
     * @param keep 1 where the gradient is added to what the memory holds, 0 where it overwrites it
     */
    record Gradient(Tensor memory, float keep) {}

    /** Memory for the value's gradient. */
    Gradient gradient(Tape tape);

    /**
     * Passes the value's gradient on to the variable.
     *
     * @param gradient complete, in the memory that {@link #gradient} gave, which may be overwritten
     * @return the value once more, perhaps in the gradient's memory
     */
    Tensor backward(Tape tape, Tensor gradient);

    record Plain(Variable x) implements LinearInput {
        @Override
        public void use(Tape tape) {
            x.read(tape);
        }

        @Override
        public int rows() {
            return x.value().rows();
        }

        @Override
        public boolean needsGradient() {
            return x.needsGradient();
        }

        @Override
        public Tensor value(Tape tape) {
            return x.value();
        }

        /** The variable's own gradient. */
        @Override
        public Gradient gradient(Tape tape) {
            return x.hasGradient() ? new Gradient(tape.gradientToAddTo(x), 1f) : new Gradient(tape.newGradient(x), 0f);
        }

        @Override
        public Tensor backward(Tape tape, Tensor gradient) {
            return x.value();
        }
    }

    record Normalised(Variable x, Parameter weight, float epsilon, Tensor inverse) implements LinearInput {
        @Override
        public void use(Tape tape) {
            x.read(tape);
        }

        @Override
        public int rows() {
            return x.value().rows();
        }

        @Override
        public boolean needsGradient() {
            return x.needsGradient() || weight.trained();
        }

        @Override
        public Tensor value(Tape tape) {
            Tensor out = tape.arena().take(rows(), x.value().columns());
            tape.kernels().run(new Forward(x.value(), weight.value(), epsilon, out, inverse));
            return out;
        }

        @Override
        public Gradient gradient(Tape tape) {
            if (x.needsGradient()) {
                tape.gradientToAddTo(x); // here, where its memory outlives the layer's backward
            }
            return new Gradient(tape.arena().take(rows(), x.value().columns()), 0f);
        }

        @Override
        public Tensor backward(Tape tape, Tensor gradient) {
            if (weight.trained()) {
                RmsNorm.addWeightGradient(tape, gradient, x.value(), weight, epsilon, inverse);
            }
            if (x.needsGradient()) {
                Tensor dx = tape.gradientToAddTo(x);
                tape.kernels().run(new Backward(gradient, x.value(), weight.value(), inverse, dx));
            } else {
                tape.kernels().run(new Forward(x.value(), weight.value(), epsilon, gradient, inverse));
            }
            return gradient;
        }
    }

    /**
     * A function of each row alone.
     *
     * @param x whose memory becomes its gradient
     * @param columns d, of the function's value
     * @param forward writes the value
     * @param backward turns the value's gradient into the value, and x into its gradient
     */
    record Remade(Variable x, int columns, Function<Tensor, Operation> forward, Function<Tensor, Operation> backward)
            implements LinearInput {
        @Override
        public void use(Tape tape) {
            x.overwrite(tape);
        }

        @Override
        public int rows() {
            return x.value().rows();
        }

        @Override
        public boolean needsGradient() {
            return x.needsGradient();
        }

        @Override
        public Tensor value(Tape tape) {
            Tensor out = tape.arena().take(rows(), columns);
            tape.kernels().run(forward.apply(out));
            return out;
        }

        @Override
        public Gradient gradient(Tape tape) {
            return new Gradient(tape.arena().take(rows(), columns), 0f);
        }

        @Override
        public Tensor backward(Tape tape, Tensor gradient) {
            tape.kernels().run(backward.apply(gradient));
            x.gradient(x.value());
            return gradient;
        }
    }
}
