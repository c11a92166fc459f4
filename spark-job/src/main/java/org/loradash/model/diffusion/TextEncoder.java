package org.loradash.model.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Attention;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.LayerNorm;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Rows;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Forest;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.tsd.InvalidInput;

/** CLIP's text encoder (arXiv 2103.00020), forwards alone: causal blocks with their norms before each layer. */
public final class TextEncoder {
    private final TextEncoderConfig config;
    private final Weight words;
    private final Weight positions;
    private final List<Block> blocks;
    private final Optional<Pooler> pooler;

    private TextEncoder(
            TextEncoderConfig config, Weight words, Weight positions, List<Block> blocks, Optional<Pooler> pooler) {
        this.config = config;
        this.words = words;
        this.positions = positions;
        this.blocks = blocks;
        this.pooler = pooler;
    }

    private record Norm(Tensor weight, Tensor bias) {
        static Norm read(String name, int width, WeightFiles files) {
            return new Norm(files.vector(name + ".weight", width), files.vector(name + ".bias", width));
        }
    }

    private record Block(
            Norm attentionNorm,
            Projection queryKeyValue,
            Projection attended,
            Norm feedNorm,
            Projection inner,
            Projection outer) {}

    private record Pooler(Norm norm, Projection projection) {}

    /**
     * What a text becomes.
     *
     * @param states T x width, row by row: those before the last block, not normed
     * @param pooled the projected state of the whole text; empty where there is no projection
     */
    public record Encoded(float[] states, float[] pooled) {}

    /** Reads all weights. Without a projection of the whole text the last block is not needed. */
    static TextEncoder read(TextEncoderConfig config, WeightFiles files) {
        String embeddings = "text_model.embeddings.";
        int width = config.width();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers() - (config.projected().isPresent() ? 0 : 1); i++) {
            String block = "text_model.encoder.layers." + i + ".";
            blocks.add(new Block(
                    Norm.read(block + "layer_norm1", width, files),
                    linear(
                            List.of(
                                    new Target(block + "self_attn.q_proj", i, width, width),
                                    new Target(block + "self_attn.k_proj", i, width, width),
                                    new Target(block + "self_attn.v_proj", i, width, width)),
                            files),
                    linear(List.of(new Target(block + "self_attn.out_proj", i, width, width)), files),
                    Norm.read(block + "layer_norm2", width, files),
                    linear(List.of(new Target(block + "mlp.fc1", i, config.inner(), width)), files),
                    linear(List.of(new Target(block + "mlp.fc2", i, width, config.inner())), files)));
        }
        return new TextEncoder(
                config,
                files.outside(embeddings + "token_embedding.weight", config.vocabularySize(), width),
                files.outside(embeddings + "position_embedding.weight", config.positions(), width),
                blocks,
                config.projected().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Pooler(
                                Norm.read("text_model.final_layer_norm", width, files),
                                Projection.read(
                                        files,
                                        List.of(new Target(
                                                "text_projection",
                                                config.layers(),
                                                config.projected().getAsInt(),
                                                width))))));
    }

    private static Projection linear(List<Target> targets, WeightFiles files) {
        Tensor bias = files.vectors(
                targets.stream().map(Target::biasName).toList(),
                targets.stream().mapToInt(Target::outputs).toArray());
        return new Projection(targets, Projection.read(files, targets).weight(), Optional.of(bias));
    }

    /** The width of a token's state. */
    public int width() {
        return config.width();
    }

    /** The width of a whole text's projected state; 0 where there is none. */
    public int pooledWidth() {
        return config.projected().orElse(0);
    }

    /** The most tokens of a text. */
    public int longest() {
        return config.positions();
    }

    /**
     * The states of one text's tokens.
     *
     * @param arena whose memory is given back
     * @param tokens T of them
     * @throws InvalidInput for a token that the vocabulary has not, or too many
     */
    public Encoded encode(Kernels kernels, Arena arena, int[] tokens) {
        check(tokens);
        Tape tape = Tape.forward(kernels, arena);
        int[] places = IntStream.range(0, tokens.length).toArray();
        Variable x = Sum.add(tape, Embedding.apply(tape, words, tokens), Embedding.apply(tape, positions, places));
        for (Block block : blocks.subList(0, config.layers() - 1)) {
            x = tape.block(x, (inside, input) -> block(inside, input, block, places));
        }
        float[] states = x.value().toArray();
        float[] pooled = new float[0];
        if (pooler.isPresent()) {
            Block last = blocks.get(config.layers() - 1);
            Variable end =
                    Rows.gather(tape, tape.block(x, (inside, input) -> block(inside, input, last, places)), new int[] {
                        config.end(tokens)
                    });
            pooled = pooler.get()
                    .projection()
                    .apply(tape, LinearInput.of(norm(tape, end, pooler.get().norm())), Changes.none())
                    .value()
                    .toArray();
        }
        tape.reset();
        return new Encoded(states, pooled);
    }

    private void check(int[] tokens) {
        if (tokens.length > config.positions()) {
            throw InvalidInput.of(
                    "model.path: text encoder",
                    tokens.length + " tokens",
                    "must have max_position_embeddings of at least the tokenizer's model_max_length");
        }
        for (int token : tokens) {
            if (token >= config.vocabularySize()) {
                throw InvalidInput.of(
                        "model.path: text encoder",
                        "token " + token,
                        "must be below vocab_size, " + config.vocabularySize() + "; the tokenizer is another model's");
            }
        }
    }

    private Variable block(Tape tape, Variable x, Block block, int[] places) {
        Variable qkv =
                block.queryKeyValue().apply(tape, LinearInput.of(norm(tape, x, block.attentionNorm())), Changes.none());
        Variable attended = Attention.apply(
                tape,
                qkv,
                Attention.Heads.plain(config.heads(), config.heads(), config.width() / config.heads()),
                Forest.of(new int[] {0, places.length}),
                Optional.empty());
        Variable between = Sum.add(tape, x, block.attended().apply(tape, LinearInput.of(attended), Changes.none()));
        Variable inner =
                block.inner().apply(tape, LinearInput.of(norm(tape, between, block.feedNorm())), Changes.none());
        return Sum.add(
                tape,
                between,
                block.outer().apply(tape, LinearInput.activated(inner, config.activation()), Changes.none()));
    }

    private Variable norm(Tape tape, Variable x, Norm norm) {
        return LayerNorm.apply(tape, x, norm.weight(), norm.bias(), config.normEpsilon());
    }
}
