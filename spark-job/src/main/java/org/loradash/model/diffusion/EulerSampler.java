package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;

/**
 * Euler's method for the path from noise to latents (arXiv 2206.00364, algorithm 2 without churn), as diffusers'
 * EulerDiscreteScheduler has it.
 *
 * @param spacing of the time steps that are visited (arXiv 2305.08891, table 2)
 * @param offset of them where they lead
 * @param end what noise is left at last
 */
public record EulerSampler(NoiseSchedule schedule, Spacing spacing, int offset, End end) {

    /** Which of the training's time steps are visited. */
    public enum Spacing {
        LEADING,
        TRAILING,
        LINSPACE
    }

    /** What noise is left behind the last step. */
    public enum End {
        ZERO,
        SMALLEST
    }

    /** What the U-Net predicts. */
    @FunctionalInterface
    public interface Denoiser {
        /**
         * @param latents noised, scaled for the U-Net
         * @param timestep whole but with linear spacing
         * @return as many numbers
         */
        float[] predict(float[] latents, float timestep);
    }

    /**
     * The steps of a path.
     *
     * @param timesteps n of them, falling
     * @param sigmas n + 1: the noise's standard deviation beside data of variance one, before each step and at last
     */
    public record Path(float[] timesteps, float[] sigmas) {}

    /** @throws InvalidInput where it is another sampler's configuration, or asks for what is not computed */
    static EulerSampler of(ConfigJson json) {
        String name = "EulerDiscreteScheduler";
        if (!json.word("_class_name", name).equals(name)) {
            throw json.refused("_class_name", "must be " + name + " to generate: others are not computed");
        }
        json.refuseUnlessWithout(
                List.of("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "sigma_min", "sigma_max"));
        if (!json.word("interpolation_type", "linear").equals("linear")) {
            throw json.refused("interpolation_type", "must be linear: others are not computed");
        }
        if (!json.word("timestep_type", "discrete").equals("discrete")) {
            throw json.refused("timestep_type", "must be discrete: others are not computed");
        }
        Spacing spacing =
                switch (json.word("timestep_spacing", "linspace")) {
                    case "leading" -> Spacing.LEADING;
                    case "trailing" -> Spacing.TRAILING;
                    case "linspace" -> Spacing.LINSPACE;
                    default -> throw json.refused("timestep_spacing", "must be leading, trailing or linspace");
                };
        End end =
                switch (json.word("final_sigmas_type", "zero")) {
                    case "zero" -> End.ZERO;
                    case "sigma_min" -> End.SMALLEST;
                    default -> throw json.refused("final_sigmas_type", "must be zero or sigma_min");
                };
        return new EulerSampler(NoiseSchedule.of(json), spacing, json.whole("steps_offset", 0, Optional.of(0)), end);
    }

    /**
     * The path of so many steps.
     *
     * @throws InvalidInput for fewer than one, or more than there are
     */
    public Path path(int steps) {
        int all = schedule.steps();
        if (steps < 1 || steps > all) {
            throw InvalidInput.of("--steps", steps, "must be from 1 to " + all);
        }
        float[] timesteps = new float[steps];
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            double at =
                    switch (spacing) {
                        case LEADING -> (double) (steps - 1 - i) * (all / steps) + offset;
                        case TRAILING -> Math.rint(all - i * ((double) all / steps)) - 1;
                        case LINSPACE -> steps == 1 ? 0 : (float) ((all - 1.0) * (steps - 1 - i) / (steps - 1));
                    };
            timesteps[i] = (float) at;
            sigmas[i] = (float) sigma(at);
        }
        sigmas[steps] = end == End.ZERO ? 0 : (float) sigma(0);
        return new Path(timesteps, sigmas);
    }

    /** Between two time steps on the line from one to the other, beyond the last as there. */
    private double sigma(double timestep) {
        int below = (int) Math.min(Math.floor(timestep), schedule.steps() - 1);
        int above = Math.min(below + 1, schedule.steps() - 1);
        double share = Math.min(timestep, schedule.steps() - 1) - below;
        return (1 - share) / Math.sqrt(schedule.ratio(below)) + share / Math.sqrt(schedule.ratio(above));
    }

    /** What noise of variance one is multiplied by to begin a path with. */
    public double start(Path path) {
        double largest = path.sigmas()[0];
        return spacing == Spacing.LEADING ? Math.sqrt(largest * largest + 1) : largest;
    }

    /**
     * Latents of noise.
     *
     * @param noise of variance one
     */
    public float[] sample(float[] noise, int steps, Denoiser denoiser) {
        Path path = path(steps);
        double start = start(path);
        float[] latents = new float[noise.length];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) (start * noise[i]);
        }
        float[] scaled = new float[latents.length];
        for (int step = 0; step < steps; step++) {
            double sigma = path.sigmas()[step];
            double size = Math.sqrt(sigma * sigma + 1);
            for (int i = 0; i < latents.length; i++) {
                scaled[i] = (float) (latents[i] / size);
            }
            float[] predicted = denoiser.predict(scaled, path.timesteps()[step]);
            double change = path.sigmas()[step + 1] - sigma;
            for (int i = 0; i < latents.length; i++) {
                // The noise in the latents, whichever is predicted.
                double noiseThere =
                        switch (schedule.prediction()) {
                            case EPSILON -> predicted[i];
                            case VELOCITY -> (predicted[i] + sigma * latents[i] / size) / size;
                        };
                latents[i] += (float) (change * noiseThere);
            }
        }
        return latents;
    }

    /**
     * A prediction with guidance (arXiv 2207.12598), in place of the conditional one: unconditional + scale (conditional -
     * unconditional).
     */
    public static float[] guided(float[] unconditional, float[] conditional, double scale) {
        for (int i = 0; i < conditional.length; i++) {
            conditional[i] = (float) (unconditional[i] + scale * ((double) conditional[i] - unconditional[i]));
        }
        return conditional;
    }
}
