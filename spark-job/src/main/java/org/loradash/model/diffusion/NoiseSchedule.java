package org.loradash.model.diffusion;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.loradash.model.ConfigJson;

/**
 * How noise grows with time steps (arXiv 2006.11239), and what the U-Net predicts of it.
 *
 * @param kept abar: the share of the data's variance that is left at each time step
 */
public record NoiseSchedule(float[] kept, Prediction prediction) implements Serializable {
    private static final int MOST_STEPS = 1 << 16;

    /** What the U-Net says of noised latents. */
    public enum Prediction {
        /** The noise. */
        EPSILON,
        /** sqrt(abar) noise - sqrt(1 - abar) latents (arXiv 2202.00512). */
        VELOCITY
    }

    /** @throws org.loradash.tsd.InvalidInput for what is not allowed, and by name for what is not computed */
    static NoiseSchedule of(ConfigJson json) {
        json.refuseUnlessWithout(List.of("trained_betas", "rescale_betas_zero_snr"));
        int steps = json.positive("num_train_timesteps", Optional.of(1000));
        if (steps < 2 || steps > MOST_STEPS) {
            throw json.refused("num_train_timesteps", "must be from 2 to " + MOST_STEPS);
        }
        double first = json.number("beta_start", 0.0001);
        double last = json.number("beta_end", 0.02);
        if (!(first > 0 && first < 1)) {
            throw json.refused("beta_start", "must be between 0 and 1");
        }
        if (!(last > 0 && last < 1)) {
            throw json.refused("beta_end", "must be between 0 and 1");
        }
        float[] betas =
                switch (json.word("beta_schedule", "linear")) {
                    case "linear" -> line(first, last, steps);
                    case "scaled_linear" -> squared(line(Math.sqrt(first), Math.sqrt(last), steps));
                    default -> throw json.refused(
                            "beta_schedule", "must be scaled_linear or linear: others are not computed");
                };
        return new NoiseSchedule(
                products(betas),
                switch (json.word("prediction_type", "epsilon")) {
                    case "epsilon" -> Prediction.EPSILON;
                    case "v_prediction" -> Prediction.VELOCITY;
                    default -> throw json.refused("prediction_type", "must be epsilon or v_prediction");
                });
    }

    /** As torch.linspace rounds: from both ends to the middle. */
    private static float[] line(double from, double to, int count) {
        float first = (float) from;
        float last = (float) to;
        float step = (last - first) / (count - 1);
        float[] line = new float[count];
        for (int i = 0; i < count; i++) {
            line[i] = i < count / 2 ? first + step * i : last - step * (count - 1 - i);
        }
        return line;
    }

    private static float[] squared(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= values[i];
        }
        return values;
    }

    /** Products of 1 - beta up to each. */
    private static float[] products(float[] betas) {
        float[] products = new float[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1f - betas[i];
            products[i] = (float) product;
        }
        return products;
    }

    /** How many time steps there are. */
    public int steps() {
        return kept.length;
    }

    /** What latents are multiplied by at a time step: sqrt(abar). */
    public double signal(int step) {
        return Math.sqrt(kept[step]);
    }

    /** What noise is multiplied by there: sqrt(1 - abar). */
    public double noise(int step) {
        return Math.sqrt(1 - (double) kept[step]);
    }

    /** The ratio of both variances there, signal to noise. */
    public double ratio(int step) {
        return kept[step] / (1 - (double) kept[step]);
    }

    /** noised = sqrt(abar) latents + sqrt(1 - abar) noise, from one place of all arrays on. */
    public void addNoise(float[] latents, float[] noise, int step, float[] noised, int from, int count) {
        double ofSignal = signal(step);
        double ofNoise = noise(step);
        for (int i = from; i < from + count; i++) {
            noised[i] = (float) (ofSignal * latents[i] + ofNoise * noise[i]);
        }
    }
}
