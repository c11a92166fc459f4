package org.loradash.model.diffusion;

import java.util.List;
import java.util.stream.Stream;
import org.loradash.autograd.Attention;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.model.Changes;
import org.loradash.model.Projection;

/** Attention of all places of a picture to each other, one head as wide as the channels, added to what it is of. */
record PlaceAttention(Residual.Norm norm, Projection queryKeyValue, Projection output) {

    static PlaceAttention read(String name, int channels, int groups, PartWeights weights) {
        List<String> parts =
                Stream.of(".to_q", ".to_k", ".to_v").map(part -> name + part).toList();
        return new PlaceAttention(
                Residual.Norm.read(name + ".group_norm", channels, groups, AutoencoderConfig.EPSILON, weights),
                weights.linears(parts, channels, channels, PartWeights.Bias.ONE),
                weights.linear(name + ".to_out.0", channels, channels));
    }

    Grid apply(Tape tape, Grid x) {
        LinearInput normed = LinearInput.of(norm.apply(tape, x, Then.NOTHING).places());
        Variable qkv = queryKeyValue.apply(tape, normed, Changes.none());
        Variable attended = Attention.bothWays(tape, qkv, 1, new int[] {0, x.height() * x.width()});
        Variable made = output.apply(tape, LinearInput.of(attended), Changes.none());
        return x.with(places -> Sum.add(tape, places, made));
    }
}
