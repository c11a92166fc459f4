package org.loradash.model.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.tsd.InvalidInput;

/**
 * AutoencoderKL, forwards alone: pictures to latents and back (arXiv 2112.10752). Each is a chain of stages, and no more than one
 * stage's memory is held at once.
 */
public final class Autoencoder {
    /** Elements of the widest stage at full size, which lie in one tensor below 2 GiB. */
    private static final long MOST_ELEMENTS = (1L << 29) - (1 << 16);

    private final AutoencoderConfig config;
    private final List<Stage> encoder;
    private final List<Stage> decoder;

    private Autoencoder(AutoencoderConfig config, List<Stage> encoder, List<Stage> decoder) {
        this.config = config;
        this.encoder = encoder;
        this.decoder = decoder;
    }

    private interface Stage {
        Grid apply(Tape tape, Grid x);
    }

    /**
     * What a picture's latents are drawn from, before they are scaled for the U-Net.
     *
     * @param mean channels x height x width
     * @param deviation likewise
     */
    public record Posterior(int height, int width, float[] mean, float[] deviation) {}

    static Autoencoder read(AutoencoderConfig config, PartWeights weights) {
        return new Autoencoder(config, encoder(config, weights), decoder(config, weights));
    }

    /**
     * What it takes of memory outside the heap, with its weights, for a square picture: found on shapes alone.
     *
     * @param side of the picture, a multiple of that of a place of latents
     */
    static long bytes(AutoencoderConfig config, int side) {
        CountedWeights weights = new CountedWeights(new ShapesAlone(Storage.FLOAT32, (name, shape) -> {}));
        Autoencoder shapes = read(config, weights);
        int places = side / config.reduction();
        return weights.bytes()
                + Math.max(held(shapes.encoder, side, 3), held(shapes.decoder, places, config.latentChannels()));
    }

    private static long held(List<Stage> stages, int side, int channels) {
        Arena scratch = Arena.withoutMemory();
        Places x = new Places(Arena.withoutMemory(), side, side, channels);
        long most = 0;
        for (Stage stage : stages) {
            long before = x.arena().bytesHeld();
            x = x.after(stage, Kernels.dry(), scratch);
            most = Math.max(most, Math.max(before, x.arena().bytesHeld()) + scratch.bytesHeld());
            scratch.free();
        }
        return most;
    }

    private static List<Stage> encoder(AutoencoderConfig config, PartWeights weights) {
        List<Stage> stages = new ArrayList<>();
        List<Integer> channels = config.channels();
        stages.add(convolution("encoder.conv_in", channels.get(0), 3, 3, weights));
        int before = channels.get(0);
        for (int level = 0; level < channels.size(); level++) {
            String block = "encoder.down_blocks." + level;
            for (int i = 0; i < config.layers(); i++) {
                stages.add(residual(block + ".resnets." + i, before, channels.get(level), config, weights));
                before = channels.get(level);
            }
            if (level + 1 < channels.size()) {
                Convolution shrinks = Convolution.read(block + ".downsamplers.0.conv", before, before, 3, weights);
                stages.add((tape, x) -> shrinks.apply(tape, x, Convolution.Step.SECOND_FROM_FIRST));
            }
        }
        addMiddle("encoder.mid_block", before, config, weights, stages);
        addEnd("encoder", before, 2 * config.latentChannels(), config, weights, stages);
        if (config.convolvesMoments()) {
            stages.add(convolution("quant_conv", 2 * config.latentChannels(), 2 * config.latentChannels(), 1, weights));
        }
        return stages;
    }

    private static List<Stage> decoder(AutoencoderConfig config, PartWeights weights) {
        List<Stage> stages = new ArrayList<>();
        List<Integer> channels = config.channels();
        int levels = channels.size();
        if (config.convolvesLatents()) {
            stages.add(convolution("post_quant_conv", config.latentChannels(), config.latentChannels(), 1, weights));
        }
        int before = channels.get(levels - 1);
        stages.add(convolution("decoder.conv_in", before, config.latentChannels(), 3, weights));
        addMiddle("decoder.mid_block", before, config, weights, stages);
        for (int level = 0; level < levels; level++) {
            String block = "decoder.up_blocks." + level;
            int width = channels.get(levels - 1 - level);
            for (int i = 0; i <= config.layers(); i++) {
                stages.add(residual(block + ".resnets." + i, before, width, config, weights));
                before = width;
            }
            if (level + 1 < levels) {
                Convolution grows = Convolution.read(block + ".upsamplers.0.conv", before, before, 3, weights);
                stages.add((tape, x) -> grows.apply(tape, x, Convolution.Step.HALF));
            }
        }
        addEnd("decoder", before, 3, config, weights, stages);
        return stages;
    }

    private static Stage residual(String name, int inputs, int outputs, AutoencoderConfig config, PartWeights weights) {
        return Residual.read(name, inputs, outputs, config.groups(), AutoencoderConfig.EPSILON, weights)::apply;
    }

    private static Stage convolution(String name, int outputs, int inputs, int side, PartWeights weights) {
        Convolution convolution = Convolution.read(name, outputs, inputs, side, weights);
        return (tape, x) -> convolution.apply(tape, x, Convolution.Step.EVERY);
    }

    private static void addMiddle(
            String name, int channels, AutoencoderConfig config, PartWeights weights, List<Stage> stages) {
        stages.add(residual(name + ".resnets.0", channels, channels, config, weights));
        if (config.attention()) {
            stages.add(PlaceAttention.read(name + ".attentions.0", channels, config.groups(), weights)::apply);
        }
        stages.add(residual(name + ".resnets.1", channels, channels, config, weights));
    }

    private static void addEnd(
            String name, int channels, int outputs, AutoencoderConfig config, PartWeights weights, List<Stage> stages) {
        Residual.Norm norm = Residual.Norm.read(
                name + ".conv_norm_out", channels, config.groups(), AutoencoderConfig.EPSILON, weights);
        stages.add((tape, x) -> norm.apply(tape, x, Then.SILU));
        stages.add(convolution(name + ".conv_out", outputs, channels, 3, weights));
    }

    /** How many channels latents have. */
    public int latentChannels() {
        return config.latentChannels();
    }

    /** The side of a picture in places of its latents. */
    public int reduction() {
        return config.reduction();
    }

    /** What latents are multiplied by for the U-Net. */
    public float scale() {
        return config.scale();
    }

    /**
     * Refuses pictures that do not divide into latents, or are too large.
     *
     * @param where names the size in errors
     * @throws InvalidInput for these
     */
    public void check(int height, int width, String where) {
        int side = reduction();
        if (height < side || width < side || height % side != 0 || width % side != 0) {
            throw InvalidInput.of(
                    where, height + " x " + width, "must be multiples of " + side + ", as the VAE has it");
        }
        List<Integer> channels = config.channels();
        long most = MOST_ELEMENTS / Math.max(3, channels.get(Math.min(1, channels.size() - 1)));
        if ((long) height * width > most) {
            throw InvalidInput.of(where, height + " x " + width, "must have at most " + most + " pixels");
        }
    }

    /**
     * Pictures to latents.
     *
     * @param picture height x width x 3, from -1 to 1
     */
    public Posterior encode(Kernels kernels, float[] picture, int height, int width) {
        check(height, width, "picture");
        float[] moments = run(kernels, encoder, picture, height, width, 3);
        int h = height / reduction();
        int w = width / reduction();
        int channels = config.latentChannels();
        float[] mean = new float[channels * h * w];
        float[] deviation = new float[mean.length];
        for (int place = 0; place < h * w; place++) {
            for (int channel = 0; channel < channels; channel++) {
                float logVariance = moments[(2 * place + 1) * channels + channel];
                mean[channel * h * w + place] = moments[2 * place * channels + channel];
                deviation[channel * h * w + place] = (float) Math.exp(Math.max(-30, Math.min(20, logVariance)) / 2.0);
            }
        }
        return new Posterior(h, w, mean, deviation);
    }

    /**
     * Latents to a picture.
     *
     * @param latents channels x height x width, as the U-Net has them
     * @return height * reduction x width * reduction x 3, about from -1 to 1
     */
    public float[] decode(Kernels kernels, float[] latents, int height, int width) {
        check(height * reduction(), width * reduction(), "picture");
        int channels = config.latentChannels();
        float[] places = new float[latents.length];
        for (int place = 0; place < height * width; place++) {
            for (int channel = 0; channel < channels; channel++) {
                places[place * channels + channel] = latents[channel * height * width + place] / config.scale();
            }
        }
        return run(kernels, decoder, places, height, width, channels);
    }

    private static float[] run(
            Kernels kernels, List<Stage> stages, float[] input, int height, int width, int channels) {
        Arena scratch = new Arena();
        Places x = new Places(new Arena(), height, width, channels);
        try {
            x.values().write(input, 0);
            for (Stage stage : stages) {
                x = x.after(stage, kernels, scratch);
                scratch.free();
            }
            return x.values().toArray();
        } finally {
            x.arena().free();
            scratch.free();
        }
    }

    /** What is between two stages, alone in an arena: of what a stage needs while it computes nothing stays. */
    private record Places(Arena arena, Tensor values, int height, int width) {
        Places(Arena arena, int height, int width, int channels) {
            this(arena, arena.take(height * width, channels), height, width);
        }

        Places after(Stage stage, Kernels kernels, Arena scratch) {
            Tape tape = Tape.forward(kernels, scratch);
            Grid made = stage.apply(tape, new Grid(tape.constant(values), height, width));
            Tensor value = made.places().value();
            arena.free();
            Places next = new Places(arena, made.height(), made.width(), value.columns());
            kernels.run(new Copy(value, next.values()));
            return next;
        }
    }
}
