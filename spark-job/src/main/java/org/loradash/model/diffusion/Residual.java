package org.loradash.model.diffusion;

import java.util.Optional;
import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.model.WeightFiles;

/** A residual block of an autoencoder: x + conv(silu(norm(conv(silu(norm(x)))))), through a convolution where channels change. */
record Residual(Norm first, Convolution inner, Norm second, Convolution outer, Optional<Convolution> shortcut) {

    /** A group norm's weight and bias, 1 x channels each. */
    record Norm(Tensor weight, Tensor bias, int groups) {
        static Norm read(String name, int channels, int groups, WeightFiles files) {
            return new Norm(files.vector(name + ".weight", channels), files.vector(name + ".bias", channels), groups);
        }

        /** @return in the arena */
        Grid apply(Kernels kernels, Arena arena, Grid x, Then then) {
            Grid out = Grid.take(arena, x.height(), x.width(), x.channels());
            write(kernels, x, then, out);
            return out;
        }

        /** @param out may be x */
        void write(Kernels kernels, Grid x, Then then, Grid out) {
            kernels.run(new GroupNorm.Forward(
                    x.places(), groups, weight, bias, AutoencoderConfig.EPSILON, then, out.places()));
        }
    }

    static Residual read(String name, int inputs, int outputs, int groups, WeightFiles files) {
        return new Residual(
                Norm.read(name + ".norm1", inputs, groups, files),
                Convolution.read(name + ".conv1", outputs, inputs, 3, files),
                Norm.read(name + ".norm2", outputs, groups, files),
                Convolution.read(name + ".conv2", outputs, outputs, 3, files),
                inputs == outputs
                        ? Optional.empty()
                        : Optional.of(Convolution.read(name + ".conv_shortcut", outputs, inputs, 1, files)));
    }

    /** @return in the arena */
    Grid apply(Kernels kernels, Arena arena, Grid x) {
        Grid kept = shortcut.map(convolution -> convolution.apply(kernels, arena, x, Convolution.Step.EVERY))
                .orElse(x);
        Grid out = Grid.take(arena, x.height(), x.width(), inner.weight().rows());
        Arena.Mark scratch = arena.mark();
        Grid normed = first.apply(kernels, arena, x, Then.SILU);
        Grid middle = inner.apply(kernels, arena, normed, Convolution.Step.EVERY);
        second.write(kernels, middle, Then.SILU, middle);
        outer.write(kernels, arena, middle, Convolution.Step.EVERY, out);
        arena.release(scratch);
        kernels.run(new Add(kept.places(), 1, out.places()));
        return out;
    }
}
