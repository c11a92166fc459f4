package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Attention;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;

/** Attention of all places of a picture to each other, one head as wide as the channels, added to what it is of. */
record PlaceAttention(Residual.Norm norm, Projection queryKeyValue, Projection output) {

    /** Older files call the layers otherwise. */
    static PlaceAttention read(String name, int channels, int groups, WeightFiles files) {
        boolean older = files.directory().contains(name + ".query.weight");
        List<String> parts = older ? List.of("query", "key", "value") : List.of("to_q", "to_k", "to_v");
        return new PlaceAttention(
                Residual.Norm.read(name + ".group_norm", channels, groups, AutoencoderConfig.EPSILON, files),
                linear(parts.stream().map(part -> name + "." + part).toList(), channels, files),
                linear(List.of(name + (older ? ".proj_attn" : ".to_out.0")), channels, files));
    }

    private static Projection linear(List<String> names, int channels, WeightFiles files) {
        List<Target> targets = names.stream()
                .map(name -> new Target(name, 0, channels, channels))
                .toList();
        int[] sizes = targets.stream().mapToInt(Target::outputs).toArray();
        Tensor bias = files.vectors(targets.stream().map(Target::biasName).toList(), sizes);
        return new Projection(targets, Projection.read(files, targets).weight(), Optional.of(bias));
    }

    /** @return in the arena */
    Grid apply(Kernels kernels, Arena arena, Grid x) {
        Grid out = Grid.take(arena, x.height(), x.width(), x.channels());
        Arena.Mark scratch = arena.mark();
        Tape tape = Tape.forward(kernels, arena);
        Variable normed =
                tape.constant(norm.apply(kernels, arena, x, Then.NOTHING).places());
        Variable qkv = queryKeyValue.apply(tape, LinearInput.of(normed), Changes.none());
        Variable attended = Attention.bothWays(tape, qkv, 1, new int[] {0, x.height() * x.width()});
        Variable made = output.apply(tape, LinearInput.of(attended), Changes.none());
        kernels.run(new Copy(made.value(), out.places()));
        arena.release(scratch);
        kernels.run(new Add(x.places(), 1, out.places()));
        return out;
    }
}
