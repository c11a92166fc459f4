package org.loradash.config;

import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.taskPath;
import static org.loradash.config.ValueType.text;
import static org.loradash.config.ValueType.texts;
import static org.loradash.config.ValueType.whole;

import java.util.List;
import java.util.Optional;

/**
 * What {@code task.kind = denoising} is told: how noise is weighed and drawn, and what photos are of.
 *
 * @param minSnr gamma of min-SNR weighting (arXiv 2303.09556); nothing for the same weight at all time steps
 * @param noiseOffset how much of a number that a whole channel has in common is added to the noise
 * @param prompt that goes with each photo
 * @param resolution side of the squares that photos become, in pixels
 * @param crop where the square lies
 * @param flip whether left and right are exchanged
 * @param prior photos of the class, for prior preservation (arXiv 2208.12242)
 * @param priorPrompt that goes with them
 * @param priorWeight of their loss beside the subject's
 * @param samples prompts of which pictures are made on the way
 * @param samplesEvery after how many rounds; 0 for never
 * @param samplesSteps of the sampler
 */
public record DenoisingSettings(
        Optional<Double> minSnr,
        double noiseOffset,
        Optional<String> prompt,
        int resolution,
        Crop crop,
        Flip flip,
        Optional<String> prior,
        Optional<String> priorPrompt,
        double priorWeight,
        List<String> samples,
        int samplesEvery,
        int samplesSteps) {
    /** Where nothing is given. */
    public static final DenoisingSettings USUAL = new DenoisingSettings(
            Optional.empty(),
            0,
            Optional.empty(),
            1024,
            Crop.CENTRE,
            Flip.NEVER,
            Optional.empty(),
            Optional.empty(),
            1,
            List.of(),
            0,
            20);

    private static final String A_PROMPT = "a prompt";

    /** Where the square of a photo lies. */
    public enum Crop {
        CENTRE,
        RANDOM
    }

    /** Whether left and right of a photo are exchanged. */
    public enum Flip {
        NEVER,
        RANDOM
    }

    static final Key<Double> MIN_SNR = Key.optional(
            "task.min-snr",
            number("above 0", value -> value > 0),
            "denoising: gamma of min-SNR weighting, such as 5; not given: all time steps weigh the same",
            settings -> settings.task().denoising().minSnr());

    static final Key<Double> NOISE_OFFSET = Key.of(
            "task.noise-offset",
            number("from 0 to 1", value -> value >= 0 && value <= 1),
            0.0,
            "denoising: how much of a number that a whole channel has in common is added to drawn noise",
            settings -> settings.task().denoising().noiseOffset());

    static final Key<String> PROMPT = Key.optional(
            "task.prompt",
            text(A_PROMPT),
            "data.format = images: the prompt that goes with each photo",
            settings -> settings.task().denoising().prompt());

    static final Key<Integer> RESOLUTION = Key.of(
            "task.resolution",
            whole(8, 8192),
            1024,
            "data.format = images: the side of the squares that photos become, in pixels",
            settings -> settings.task().denoising().resolution());

    static final Key<Crop> CROP = Key.of(
            "task.crop",
            choice(Crop.class),
            Crop.CENTRE,
            "data.format = images: where the square of a photo lies; random: drawn once for each",
            settings -> settings.task().denoising().crop());

    static final Key<Flip> FLIP = Key.of(
            "task.flip",
            choice(Flip.class),
            Flip.NEVER,
            "data.format = images: whether left and right are exchanged; random: in half of all photos, drawn once for each",
            settings -> settings.task().denoising().flip());

    static final Key<String> PRIOR = Key.optional(
            "task.prior.photos",
            taskPath(),
            "data.format = images: a folder with photos of the class, one of which goes with each of the subject's",
            settings -> settings.task().denoising().prior());

    static final Key<String> PRIOR_PROMPT = Key.optional(
            "task.prior.prompt",
            text(A_PROMPT),
            "the prompt that goes with photos of the class",
            settings -> settings.task().denoising().priorPrompt());

    static final Key<Double> PRIOR_WEIGHT = Key.of(
            "task.prior.weight",
            number("above 0", value -> value > 0),
            1.0,
            "how much their loss counts beside the subject's",
            settings -> settings.task().denoising().priorWeight());

    static final Key<List<String>> SAMPLES = Key.optional(
            "task.samples.prompts",
            texts("a prompt or a list of prompts"),
            "denoising: prompts of which pictures are made on the way; not given: none",
            settings -> Optional.of(settings.task().denoising().samples()).filter(given -> !given.isEmpty()));

    static final Key<Integer> SAMPLES_EVERY = Key.of(
            "task.samples.every-rounds",
            whole(0, MILLION),
            0,
            "after how many rounds, and after the last; 0: never",
            settings -> settings.task().denoising().samplesEvery());

    static final Key<Integer> SAMPLES_STEPS =
            Key.of("task.samples.steps", whole(1, 1000), 20, "steps of their sampler", settings -> settings.task()
                    .denoising()
                    .samplesSteps());

    static final List<Key<?>> KEYS = List.of(
            MIN_SNR,
            NOISE_OFFSET,
            PROMPT,
            RESOLUTION,
            CROP,
            FLIP,
            PRIOR,
            PRIOR_PROMPT,
            PRIOR_WEIGHT,
            SAMPLES,
            SAMPLES_EVERY,
            SAMPLES_STEPS);

    static DenoisingSettings of(Values given) {
        return new DenoisingSettings(
                given.optional(MIN_SNR),
                given.value(NOISE_OFFSET),
                given.optional(PROMPT),
                given.value(RESOLUTION),
                given.value(CROP),
                given.value(FLIP),
                given.optional(PRIOR),
                given.optional(PRIOR_PROMPT),
                given.value(PRIOR_WEIGHT),
                given.optional(SAMPLES).orElse(List.of()),
                given.value(SAMPLES_EVERY),
                given.value(SAMPLES_STEPS));
    }
}
