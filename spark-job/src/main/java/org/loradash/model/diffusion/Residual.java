package org.loradash.model.diffusion;

import java.util.Optional;
import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.GroupNorm;
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

        /** @return in the arena */
        Grid apply(Kernels kernels, Arena arena, Grid x, Then then) {
            Grid out = Grid.take(arena, x.height(), x.width(), x.channels());
            write(kernels, x, then, out);
            return out;
        }

        /** @param out may be x */
        void write(Kernels kernels, Grid x, Then then, Grid out) {
            kernels.run(new GroupNorm.Forward(x.places(), groups, weight, bias, epsilon, then, out.places()));
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

    /**
     * @param added to every place behind the inner convolution: its bias, and what a time step says
     * @return in the arena
     */
    Grid apply(Kernels kernels, Arena arena, Grid x, Tensor added) {
        Grid kept = shortcut.map(convolution -> convolution.apply(kernels, arena, x, Convolution.Step.EVERY))
                .orElse(x);
        Grid out = Grid.take(arena, x.height(), x.width(), inner.weight().rows());
        Arena.Mark scratch = arena.mark();
        Grid normed = first.apply(kernels, arena, x, Then.SILU);
        Grid middle = Grid.take(arena, x.height(), x.width(), inner.weight().rows());
        inner.write(kernels, arena, normed, Convolution.Step.EVERY, added, middle);
        second.write(kernels, middle, Then.SILU, middle);
        outer.write(kernels, arena, middle, Convolution.Step.EVERY, outer.bias(), out);
        arena.release(scratch);
        kernels.run(new Add(kept.places(), 1, out.places()));
        return out;
    }
}
