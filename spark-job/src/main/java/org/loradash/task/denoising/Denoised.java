package org.loradash.task.denoising;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Loss;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.DataSettings.Format;
import org.loradash.config.DenoisingSettings;
import org.loradash.config.TaskInputs;
import org.loradash.data.Codec;
import org.loradash.data.RecordReader;
import org.loradash.kernel.Kernels;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.model.diffusion.Unet;
import org.loradash.model.diffusion.UnetShape;
import org.loradash.task.Measurement;
import org.loradash.task.Task;
import org.loradash.task.Units;
import org.loradash.tsd.Counted;

/**
 * Noise in latents of pictures, a picture at a time.
 *
 * @param noising what is added and to be predicted
 * @param widths of what the U-Net is told
 * @param height of the largest latents that memory is planned for
 * @param photos what latents are made of, or null where they are given
 * @param show pictures on the way
 * @param otherModels the text encoders and the VAE, where photos are encoded or pictures shown
 */
record Denoised(
        Noising noising, Widths widths, int height, int width, Photos photos, Show show, OtherModels otherModels)
        implements Task<Pictures, Pictures> {
    /** How many time steps a picture is measured at where none is given. */
    private static final int MEASURED = 4;

    static Denoised of(TaskInputs given, UnetShape model, Configuration hadoop) {
        PipelineDirectory pipeline =
                PipelineDirectory.open(hadoop, given.model().path());
        DenoisingSettings settings = given.task().denoising();
        Noising noising = new Noising(
                pipeline.noiseSchedule(), settings.minSnr().orElse(Double.POSITIVE_INFINITY), settings.noiseOffset());
        Widths widths = new Widths(model.latentChannels(), model.promptWidth(), model.pooledWidth());
        Show show = new Show(
                given.model().path(),
                settings.samples(),
                settings.samples().isEmpty() ? 0 : settings.samplesEvery(),
                settings.samplesSteps());
        if (given.data().format() == Format.LATENTS) {
            List<Integer> sides = model.latentSides();
            long shown = show.every() == 0
                    ? 0
                    : pipeline.bytesOfOtherParts(Math.max(sides.get(0), sides.get(1)) * pipeline.reduction());
            return new Denoised(noising, widths, sides.get(0), sides.get(1), null, show, new OtherModels(0, shown));
        }
        int reduction = pipeline.reduction();
        int side = settings.resolution() / reduction;
        long others = pipeline.bytesOfOtherParts(side * reduction);
        return new Denoised(
                noising,
                widths,
                side,
                side,
                Photos.of(given, reduction),
                show,
                new OtherModels(others, show.every() == 0 ? 0 : others));
    }

    @Override
    public Units units() {
        return Denoising.UNITS;
    }

    @Override
    public Codec<Pictures> codec() {
        return Pictures.CODEC;
    }

    @Override
    public RecordReader<Pictures> reader(Configuration hadoop) throws IOException {
        if (show.every() > 0) {
            PipelineDirectory parts = PipelineDirectory.open(hadoop, show.pipeline());
            parts.sampler().path(show.steps());
            Prompts.check(parts, hadoop);
        }
        return photos == null
                ? new LatentRecords(widths, noising.schedule().steps())
                : PhotoRecords.open(photos, hadoop);
    }

    @Override
    public boolean readsFolders() {
        return photos != null;
    }

    @Override
    public String describe(Totals totals) {
        return "%s, the largest of %s"
                .formatted(Counted.of(totals.examples(), "picture"), Counted.of(totals.longest(), "place"));
    }

    @Override
    public Pictures batch(List<Pictures> examples) {
        return Pictures.of(examples);
    }

    /** One picture at a time, whose convolutions have enough to do. */
    @Override
    public List<Pictures> slices(Pictures batch, Slicing slicing) {
        return batch.latents().stream()
                .map(latents -> new Pictures(List.of(latents), 1))
                .toList();
    }

    @Override
    public long size(Pictures batch) {
        return batch.places();
    }

    @Override
    public long weight(Pictures batch) {
        return batch.examples();
    }

    @Override
    public double loss(Tape tape, Backbone model, Pictures slice, Changes changes, float scale) {
        double sum = 0;
        for (Latents picture : slice.latents()) {
            long seed = changes.seed().orElseGet(() -> seed(picture));
            sum += loss(tape, model, picture, noising.of(picture, seed), changes, scale);
        }
        return sum;
    }

    /** At several time steps from first to last, with the same noise in every measurement. */
    @Override
    public Measurement measure(Tape tape, Backbone model, Pictures slice, Changes changes) {
        double sum = 0;
        for (Latents picture : slice.latents()) {
            RandomGenerator random = new SplittableRandom(seed(picture));
            int steps = picture.timestep() == Latents.DRAWN ? MEASURED : 1;
            for (int i = 0; i < steps; i++) {
                int timestep = steps == 1
                        ? picture.timestep()
                        : (2 * i + 1) * noising.schedule().steps() / (2 * steps);
                tape.reset();
                sum += loss(tape, model, picture, noising.of(picture, timestep, random), changes, 1f) / steps;
            }
        }
        return new Measurement(sum, List.of());
    }

    /** Of a picture's own numbers, where a pass has no randomness. */
    private static long seed(Latents picture) {
        return Arrays.hashCode(picture.mean());
    }

    private static double loss(
            Tape tape, Backbone model, Latents picture, Noising.Noised noised, Changes changes, float scale) {
        Variable predicted = ((Unet) model)
                .predict(
                        tape,
                        noised.latents(),
                        picture.height(),
                        picture.width(),
                        noised.timestep(),
                        picture.prompt(),
                        picture.size(),
                        changes);
        double ofElement = picture.share() * noised.weight() / noised.target().length;
        return ofElement
                * Loss.squaredError(tape, predicted, Unet.transposed(noised.target(), picture.channels()), (float)
                        (scale * ofElement));
    }

    @Override
    public int samplesEvery() {
        return show.every();
    }

    @Override
    public List<byte[]> samples(Kernels kernels, Backbone model, Changes changes, Configuration hadoop)
            throws IOException {
        return show.pictures(kernels, (Unet) model, changes, height, width, hadoop);
    }

    @Override
    public Pictures largestSlice(int examples, Slicing slicing) {
        float[] latents = new float[widths.channels() * height * width];
        Prompt prompt =
                new Prompt(Prompt.TOKENS, new float[Prompt.TOKENS * widths.prompt()], new float[widths.pooled()]);
        Latents picture =
                new Latents(height, width, latents, new float[0], latents, 0, prompt, new float[Widths.SIZE], 1);
        return new Pictures(List.of(picture), 1);
    }
}
