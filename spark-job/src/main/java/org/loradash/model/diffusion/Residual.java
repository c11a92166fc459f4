package org.loradash.model.diffusion;

import java.util.Optional;
import org.loradash.autograd.GroupNorm;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GroupNorm.Then;

/**
 * A residual block: x + conv(silu(norm(conv(silu(norm(x)))))), x going through a convolution where channels change.
 */
record Residual(Norm first, Convolution inner, Norm second, Convolution outer, Optional<Convolution> shortcut) {

    /** A group norm's weight and bias, 1 x channels each. */
    record Norm(Tensor weight, Tensor bias, int groups, float epsilon) {
        static Norm read(String name, int channels, int groups, float epsilon, PartWeights weights) {
            return new Norm(
                    weights.vector(name + ".weight", channels),
                    weights.vector(name + ".bias", channels),
                    groups,
                    epsilon);
        }

        Grid apply(Tape tape, Grid x, Then then) {
            return x.with(places -> GroupNorm.apply(tape, places, groups, weight, bias, epsilon, then));
        }
    }

    static Residual read(String name, int inputs, int outputs, int groups, float epsilon, PartWeights weights) {
        return new Residual(
                Norm.read(name + ".norm1", inputs, groups, epsilon, weights),
                Convolution.read(name + ".conv1", outputs, inputs, 3, weights),
                Norm.read(name + ".norm2", outputs, groups, epsilon, weights),
                Convolution.read(name + ".conv2", outputs, outputs, 3, weights),
                inputs == outputs
                        ? Optional.empty()
                        : Optional.of(Convolution.read(name + ".conv_shortcut", outputs, inputs, 1, weights)));
    }

    int outputs() {
        return outer.weight().rows();
    }

    /** Computes it with nothing added. */
    Grid apply(Tape tape, Grid x) {
        return apply(tape, x, inner.apply(tape, first.apply(tape, x, Then.SILU), Convolution.Step.EVERY));
    }

    /** @param added 1 x outputs: to every place behind the inner convolution, as a time step says */
    Grid apply(Tape tape, Grid x, Variable added) {
        return apply(tape, x, inner.apply(tape, first.apply(tape, x, Then.SILU), added));
    }

    private Grid apply(Tape tape, Grid x, Grid middle) {
        Grid out = outer.apply(tape, second.apply(tape, middle, Then.SILU), Convolution.Step.EVERY);
        Grid kept = shortcut.map(convolution -> convolution.apply(tape, x, Convolution.Step.EVERY))
                .orElse(x);
        return out.with(places -> Sum.add(tape, kept.places(), places));
    }
}
