package org.loradash.model.diffusion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.loradash.autograd.Activate;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Beside;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.diffusion.PromptProjection.Heard;
import org.loradash.tsd.InvalidInput;

/** SDXL's U-Net (arXiv 2307.01952): what noise is in latents, as a prompt describes the picture. */
public final class Unet implements Backbone {
    private static final double SLOWEST = 10000;

    private final UnetConfig config;
    private final Embedding time;
    private final Embedding conditions;
    private final Convolution input;
    private final List<Level> down;
    private final Level middle;
    private final List<Level> up;
    private final Residual.Norm norm;
    private final Convolution output;
    private final long bytes;
    private final Optional<KnownPrompts> prompts;

    /** Two linear layers with SiLU between. */
    private record Embedding(Projection first, Projection second) {
        static Embedding read(String name, int inputs, int outputs, PartWeights weights) {
            return new Embedding(
                    weights.linear(name + ".linear_1", outputs, inputs),
                    weights.linear(name + ".linear_2", outputs, outputs));
        }

        Variable apply(Tape tape, float[] x, Changes changes) {
            Tensor row = tape.arena().take(1, x.length);
            row.write(x, 0);
            Variable inner = first.apply(tape, LinearInput.of(tape.constant(row)), changes);
            return second.apply(tape, LinearInput.activated(inner, Activation.SILU), changes);
        }
    }

    /** A residual block that hears the time step, and what follows it. */
    private record Part(Residual residual, Projection time, Optional<PromptTransformer> transformer) {}

    /** @param ends what makes the next level's size; nothing at the last one */
    private record Level(List<Part> parts, Optional<Convolution> ends) {}

    /** What one prediction is made of, all but the latents. */
    private record Given(Variable embedding, Heard prompt, Changes changes) {}

    private Unet(UnetConfig config, PartWeights given, Optional<KnownPrompts> prompts) {
        CountedWeights weights = new CountedWeights(given);
        this.config = config;
        this.prompts = prompts;
        List<Integer> channels = config.channels();
        int levels = channels.size();
        time = Embedding.read("time_embedding", channels.get(0), config.timeWidth(), weights);
        conditions = Embedding.read(
                "add_embedding",
                config.pooledWidth() + UnetConfig.CONDITIONS * config.conditionWidth(),
                config.timeWidth(),
                weights);
        input = Convolution.read("conv_in", channels.get(0), config.latentChannels(), 3, weights);
        Deque<Integer> kept = new ArrayDeque<>(List.of(channels.get(0)));
        down = new ArrayList<>();
        int before = channels.get(0);
        for (int level = 0; level < levels; level++) {
            String block = "down_blocks." + level;
            int width = channels.get(level);
            List<Part> parts = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                parts.add(part(block, i, before, width, level, config.crosses().get(level), weights));
                before = width;
                kept.push(width);
            }
            Optional<Convolution> shrinks = Optional.empty();
            if (level + 1 < levels) {
                shrinks = Optional.of(Convolution.read(block + ".downsamplers.0.conv", width, width, 3, weights));
                kept.push(width);
            }
            down.add(new Level(parts, shrinks));
        }
        int last = levels - 1;
        middle = new Level(
                List.of(
                        part("mid_block", 0, before, before, last, true, weights),
                        part("mid_block", 1, before, before, last, false, weights)),
                Optional.empty());
        up = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            String block = "up_blocks." + i;
            int level = last - i;
            int width = channels.get(level);
            List<Part> parts = new ArrayList<>();
            for (int j = 0; j <= config.layers(); j++) {
                parts.add(part(
                        block,
                        j,
                        before + kept.pop(),
                        width,
                        level,
                        config.crosses().get(level),
                        weights));
                before = width;
            }
            up.add(new Level(
                    parts,
                    level == 0
                            ? Optional.empty()
                            : Optional.of(Convolution.read(block + ".upsamplers.0.conv", width, width, 3, weights))));
        }
        norm = Residual.Norm.read("conv_norm_out", channels.get(0), config.groups(), config.epsilon(), weights);
        output = Convolution.read("conv_out", config.latentChannels(), channels.get(0), 3, weights);
        bytes = weights.bytes()
                + Stream.of(down, List.of(middle), up)
                        .flatMap(List::stream)
                        .flatMap(level -> level.parts().stream())
                        .flatMap(part -> part.transformer().stream())
                        .mapToLong(PromptTransformer::promptBytes)
                        .sum();
    }

    static Unet of(UnetConfig config, FileWeights weights) {
        return new Unet(config, weights, Optional.of(new KnownPrompts()));
    }

    static Unet withoutMemory(UnetConfig config, ShapesAlone shapes) {
        return new Unet(config, shapes, Optional.empty());
    }

    @Override
    public long bytes() {
        return bytes;
    }

    private Part part(
            String block, int index, int inputs, int outputs, int level, boolean attends, PartWeights weights) {
        String residual = block + ".resnets." + index;
        return new Part(
                Residual.read(residual, inputs, outputs, config.groups(), config.epsilon(), weights),
                weights.linear(residual + ".time_emb_proj", outputs, config.timeWidth()),
                attends
                        ? Optional.of(PromptTransformer.read(
                                block + ".attentions." + index,
                                outputs,
                                config.transformers().get(level),
                                config.heads().get(level),
                                config.groups(),
                                config.promptWidth(),
                                weights))
                        : Optional.empty());
    }

    /** How many channels latents have. */
    public int latentChannels() {
        return config.latentChannels();
    }

    /** Whether a prompt's states and latents are as wide as it has them. */
    private boolean fits(PromptEncoder.Prompt prompt, int channels) {
        return prompt.states().length == prompt.tokens() * config.promptWidth()
                && prompt.pooled().length == config.pooledWidth()
                && channels == config.latentChannels();
    }

    /**
     * What it predicts of one picture's latents, in memory of the caller's.
     *
     * @param arena whose memory is given back
     * @return channels x height x width
     * @throws InvalidInput as {@link #predict(Tape, float[], int, int, float, PromptEncoder.Prompt, float[], Changes)}
     */
    public float[] predict(
            Kernels kernels,
            Arena arena,
            float[] latents,
            int height,
            int width,
            float timestep,
            PromptEncoder.Prompt prompt,
            float[] size,
            Changes changes) {
        Variable made = predict(Tape.forward(kernels, arena), latents, height, width, timestep, prompt, size, changes);
        float[] predicted = transposed(made.value().toArray(), height * width);
        arena.reset();
        return predicted;
    }

    /**
     * What it predicts of one picture's latents.
     *
     * @param latents channels x height x width, noised
     * @param timestep as in training, from 0
     * @param size six numbers: height and width of the original, top and left of the crop, height and width of the picture
     * @return height * width x channels
     * @throws InvalidInput where the pipeline's parts do not fit each other
     */
    public Variable predict(
            Tape tape,
            float[] latents,
            int height,
            int width,
            float timestep,
            PromptEncoder.Prompt prompt,
            float[] size,
            Changes changes) {
        if (!fits(prompt, latents.length / (height * width))) {
            throw InvalidInput.of(
                    "model.path: unet",
                    "cross_attention_dim, projection_class_embeddings_input_dim or in_channels",
                    "must be as the text encoders and the VAE of the pipeline have it");
        }
        Variable sum = Sum.add(
                tape,
                time.apply(tape, waves(config.channels().get(0), timestep), changes),
                conditions.apply(tape, conditions(prompt.pooled(), size), changes));
        Variable embedding = Activate.apply(tape, sum, Activation.SILU);
        Tensor states = tape.arena().take(prompt.tokens(), config.promptWidth());
        states.write(prompt.states(), 0);
        Tensor places = tape.arena().take(height * width, config.latentChannels());
        places.write(transposed(latents, config.latentChannels()), 0);
        Grid x = new Grid(tape.constant(places), height, width);
        int known = prompts.map(
                        all -> all.number(prompt.states(), tape.kernels().arithmetic()))
                .orElse(KnownPrompts.UNKNOWN);
        return predict(tape, x, new Given(embedding, new Heard(states, known), changes))
                .places();
    }

    private Grid predict(Tape tape, Grid latents, Given given) {
        Deque<Grid> kept = new ArrayDeque<>();
        Grid x = input.apply(tape, latents, Convolution.Step.EVERY);
        kept.push(x);
        for (Level level : down) {
            for (Part part : level.parts()) {
                x = apply(tape, part, List.of(x), given);
                kept.push(x);
            }
            if (level.ends().isPresent()) {
                x = level.ends().get().apply(tape, x, Convolution.Step.SECOND);
                kept.push(x);
            }
        }
        for (Part part : middle.parts()) {
            x = apply(tape, part, List.of(x), given);
        }
        for (Level level : up) {
            for (Part part : level.parts()) {
                x = apply(tape, part, List.of(x, kept.pop()), given);
            }
            if (level.ends().isPresent()) {
                Grid size = kept.element();
                x = level.ends().get().apply(tape, x, Convolution.Step.HALF, size.height(), size.width());
            }
        }
        Grid last = x;
        return x.with(places -> tape.block(
                List.of(places), places.value().rows(), config.latentChannels(), (inside, in) -> output.apply(
                                inside,
                                norm.apply(inside, last.with(same -> in.get(0)), Then.SILU),
                                Convolution.Step.EVERY)
                        .places()));
    }

    /** @param beside of as many places, whose channels lie beside each other */
    private Grid apply(Tape tape, Part part, List<Grid> beside, Given given) {
        List<Variable> inputs = new ArrayList<>(List.of(given.embedding()));
        beside.forEach(grid -> inputs.add(grid.places()));
        Grid size = beside.get(0);
        Grid made = size.with(places ->
                tape.block(inputs, places.value().rows(), part.residual().outputs(), (inside, in) -> {
                    Variable added = part.time().apply(inside, LinearInput.of(in.get(0)), given.changes());
                    Variable x = in.size() == 2 ? in.get(1) : Beside.apply(inside, in.get(1), in.get(2));
                    return part.residual()
                            .apply(inside, size.with(same -> x), added)
                            .places();
                }));
        return part.transformer()
                .map(transformer -> transformer.apply(tape, made, given.prompt(), given.changes()))
                .orElse(made);
    }

    private float[] conditions(float[] pooled, float[] size) {
        int width = config.conditionWidth();
        float[] all = new float[pooled.length + size.length * width];
        System.arraycopy(pooled, 0, all, 0, pooled.length);
        for (int i = 0; i < size.length; i++) {
            System.arraycopy(waves(width, size[i]), 0, all, pooled.length + i * width, width);
        }
        return all;
    }

    /** A number as cosines, then sines, of ever slower waves (arXiv 1706.03762). */
    private static float[] waves(int width, float number) {
        int half = width / 2;
        float[] waves = new float[width];
        for (int i = 0; i < half; i++) {
            float angle = number * (float) Math.exp((float) -Math.log(SLOWEST) * i / half);
            waves[i] = (float) Math.cos(angle);
            waves[half + i] = (float) Math.sin(angle);
        }
        return waves;
    }

    /** Of rows x n, n x rows: between planes of channels and channels of places. */
    public static float[] transposed(float[] x, int rows) {
        int columns = x.length / rows;
        float[] transposed = new float[x.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                transposed[j * rows + i] = x[i * columns + j];
            }
        }
        return transposed;
    }
}
