package org.loradash.task.denoising;

import java.io.Serializable;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.loradash.model.diffusion.NoiseSchedule;

/**
 * How latents are noised, and what is to be predicted of them.
 *
 * @param minSnr gamma of min-SNR weighting; infinite where all time steps weigh the same
 * @param offset how much of a number that a whole channel has in common is added to drawn noise
 */
record Noising(NoiseSchedule schedule, double minSnr, double offset) implements Serializable {

    /**
     * Noised latents.
     *
     * @param latents channels x height x width, what the U-Net sees
     * @param target what it is to predict, likewise
     * @param weight of the time step
     */
    record Noised(float[] latents, int timestep, float[] target, double weight) {}

    /** With what is not given drawn from a seed. */
    Noised of(Latents picture, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        int timestep = picture.timestep() == Latents.DRAWN ? random.nextInt(schedule.steps()) : picture.timestep();
        return of(picture, timestep, random);
    }

    /** At a time step, with what else is not given drawn. */
    Noised of(Latents picture, int timestep, RandomGenerator random) {
        float[] latents = picture.mean().clone();
        for (int i = 0; i < picture.deviation().length; i++) {
            latents[i] += picture.deviation()[i] * (float) random.nextGaussian();
        }
        float[] noise = picture.noise().length > 0 ? picture.noise() : noise(picture, random);
        float[] noised = new float[latents.length];
        schedule.addNoise(latents, noise, timestep, noised, 0, noised.length);
        return new Noised(noised, timestep, target(latents, noise, timestep), weight(timestep));
    }

    private float[] noise(Latents picture, RandomGenerator random) {
        float[] noise = new float[picture.mean().length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        if (offset > 0) {
            int places = picture.places();
            for (int channel = 0; channel < picture.channels(); channel++) {
                float common = (float) (offset * random.nextGaussian());
                for (int i = channel * places; i < (channel + 1) * places; i++) {
                    noise[i] += common;
                }
            }
        }
        return noise;
    }

    private float[] target(float[] latents, float[] noise, int timestep) {
        if (schedule.prediction() == NoiseSchedule.Prediction.EPSILON) {
            return noise;
        }
        double signal = schedule.signal(timestep);
        double ofNoise = schedule.noise(timestep);
        float[] velocity = new float[latents.length];
        for (int i = 0; i < velocity.length; i++) {
            velocity[i] = (float) (signal * noise[i] - ofNoise * latents[i]);
        }
        return velocity;
    }

    /** That of the noise's own loss, or of the velocity's (arXiv 2303.09556, section 3.4). */
    private double weight(int timestep) {
        if (Double.isInfinite(minSnr)) {
            return 1;
        }
        double ratio = schedule.ratio(timestep);
        return Math.min(ratio, minSnr)
                / (schedule.prediction() == NoiseSchedule.Prediction.EPSILON ? ratio : ratio + 1);
    }
}
