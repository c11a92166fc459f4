package org.loradash.model.diffusion;

import java.util.List;
import java.util.stream.IntStream;
import org.loradash.autograd.Attention;
import org.loradash.autograd.CrossAttention;
import org.loradash.autograd.LayerNorm;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.diffusion.PartWeights.Bias;
import org.loradash.model.diffusion.PromptProjection.Heard;

/**
 * What the places of a level say to each other and hear from the prompt: blocks of attention to all places, attention to the
 * prompt's tokens and a gated feed-forward, each added to what it is of, between two linear layers.
 */
record PromptTransformer(Residual.Norm norm, Projection input, List<Block> blocks, Projection output, int heads) {
    private static final float EPSILON_OF_GROUPS = 1e-6f;
    private static final float EPSILON_OF_LAYERS = 1e-5f;

    /** A layer norm's weight and bias. */
    record Norm(Tensor weight, Tensor bias) {
        static Norm read(String name, int width, PartWeights weights) {
            return new Norm(weights.vector(name + ".weight", width), weights.vector(name + ".bias", width));
        }

        LinearInput of(Tape tape, Variable x) {
            return LinearInput.of(LayerNorm.apply(tape, x, weight, bias, EPSILON_OF_LAYERS));
        }
    }

    record Block(
            Norm first,
            Projection queryKeyValue,
            Projection attended,
            Norm second,
            Projection query,
            PromptProjection keyValue,
            Projection heard,
            Norm third,
            Projection inner,
            Projection outer) {}

    static PromptTransformer read(
            String name, int width, int blocks, int heads, int groups, int promptWidth, PartWeights weights) {
        return new PromptTransformer(
                Residual.Norm.read(name + ".norm", width, groups, EPSILON_OF_GROUPS, weights),
                weights.linear(name + ".proj_in", width, width),
                IntStream.range(0, blocks)
                        .mapToObj(i -> block(name + ".transformer_blocks." + i + ".", width, promptWidth, weights))
                        .toList(),
                weights.linear(name + ".proj_out", width, width),
                heads);
    }

    private static Block block(String name, int width, int promptWidth, PartWeights weights) {
        String places = name + "attn1.";
        String prompt = name + "attn2.";
        return new Block(
                Norm.read(name + "norm1", width, weights),
                weights.linears(List.of(places + "to_q", places + "to_k", places + "to_v"), width, width, Bias.NONE),
                weights.linear(places + "to_out.0", width, width),
                Norm.read(name + "norm2", width, weights),
                weights.linears(List.of(prompt + "to_q"), width, width, Bias.NONE),
                new PromptProjection(
                        weights.linears(List.of(prompt + "to_k", prompt + "to_v"), width, promptWidth, Bias.NONE)),
                weights.linear(prompt + "to_out.0", width, width),
                Norm.read(name + "norm3", width, weights),
                weights.linear(name + "ff.net.0.proj", 8 * width, width),
                weights.linear(name + "ff.net.2", width, 4 * width));
    }

    /** What is kept of {@link KnownPrompts}, beside the weights. */
    long promptBytes() {
        return blocks.stream().mapToLong(block -> block.keyValue().bytes()).sum();
    }

    /**
     * Each of its parts is a block of the tape.
     */
    Grid apply(Tape tape, Grid x, Heard prompt, Changes changes) {
        Variable inside = tape.block(
                x.places(),
                (tapeOfBlock, places) -> input.apply(
                        tapeOfBlock,
                        LinearInput.of(norm.apply(tapeOfBlock, new Grid(places, x.height(), x.width()), Then.NOTHING)
                                .places()),
                        changes));
        for (Block block : blocks) {
            inside = tape.block(inside, (tapeOfBlock, y) -> apply(tapeOfBlock, y, block, prompt, changes));
        }
        Variable last = inside;
        return x.with(places -> Sum.add(tape, places, output.apply(tape, LinearInput.of(last), changes)));
    }

    private Variable apply(Tape tape, Variable x, Block block, Heard prompt, Changes changes) {
        Variable qkv = block.queryKeyValue().apply(tape, block.first().of(tape, x), changes);
        Variable attended =
                Attention.bothWays(tape, qkv, heads, new int[] {0, x.value().rows()});
        Variable one = Sum.add(tape, x, block.attended().apply(tape, LinearInput.of(attended), changes));
        Variable heard = CrossAttention.apply(
                tape,
                block.query().apply(tape, block.second().of(tape, one), changes),
                block.keyValue().apply(tape, prompt, changes),
                heads);
        Variable two = Sum.add(tape, one, block.heard().apply(tape, LinearInput.of(heard), changes));
        Variable inner = block.inner().apply(tape, block.third().of(tape, two), changes);
        LinearInput gated = LinearInput.gatedBySecond(inner, Activation.GELU);
        return Sum.add(tape, two, block.outer().apply(tape, gated, changes));
    }
}
