package org.loradash.task.denoising;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.loradash.model.diffusion.NoiseSchedule;
import org.loradash.model.diffusion.NoiseSchedule.Prediction;
import org.loradash.model.diffusion.PromptEncoder.Prompt;

class NoisingTest {
    private static final float[] KEPT = {0.9f, 0.5f, 0.1f};
    private static final double EVERYTHING = Double.POSITIVE_INFINITY;

    @Test
    void whatIsDrawnFollowsFromTheSeedAlone() {
        Noising noising = noising(Prediction.EPSILON, EVERYTHING, 0.1);
        Latents drawn = picture(new float[0], Latents.DRAWN, 0.5f);
        assertThat(noising.of(drawn, 3).latents())
                .containsExactly(noising.of(drawn, 3).latents());
        assertThat(noising.of(drawn, 3).latents())
                .isNotEqualTo(noising.of(drawn, 4).latents());
        assertThat(noising.of(drawn, 3).target())
                .isNotEqualTo(noising.of(drawn, 4).target());
    }

    @Test
    void everyTimeStepIsDrawn() {
        Noising noising = noising(Prediction.EPSILON, EVERYTHING, 0);
        int[] counts = new int[3];
        for (long seed = 0; seed < 3000; seed++) {
            counts[noising.of(picture(new float[0], Latents.DRAWN, 0), seed).timestep()]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(900, 1100);
        }
    }

    @Test
    void theNoiseIsToBePredictedOrTheVelocity() {
        float[] noise = {1, -1, 0.5f, 0, 2, -2, 1, 1};
        Latents picture = picture(noise, 1, 0);
        Noising.Noised epsilon = noising(Prediction.EPSILON, EVERYTHING, 0).of(picture, 0);
        assertThat(epsilon.target()).containsExactly(noise);
        assertThat(epsilon.weight()).isEqualTo(1);
        Noising.Noised velocity = noising(Prediction.VELOCITY, EVERYTHING, 0).of(picture, 0);
        float half = (float) Math.sqrt(0.5);
        for (int i = 0; i < noise.length; i++) {
            assertThat(velocity.latents()[i]).isCloseTo(half * (picture.mean()[i] + noise[i]), within(1e-6f));
            assertThat(velocity.target()[i]).isCloseTo(half * (noise[i] - picture.mean()[i]), within(1e-6f));
        }
    }

    /** Signal to noise is 9, 1 and 1/9. */
    @Test
    void minSnrHoldsBackTimeStepsOfLittleNoise() {
        double[] weights = {5.0 / 9, 1, 1};
        double[] ofVelocity = {5.0 / 10, 1.0 / 2, 1.0 / 10};
        for (int step = 0; step < 3; step++) {
            Latents picture = picture(new float[8], step, 0);
            assertThat(noising(Prediction.EPSILON, 5, 0).of(picture, 0).weight())
                    .isCloseTo(weights[step], within(1e-5));
            assertThat(noising(Prediction.VELOCITY, 5, 0).of(picture, 0).weight())
                    .isCloseTo(ofVelocity[step], within(1e-5));
        }
    }

    @Test
    void offsetNoiseMovesWholeChannels() {
        Latents picture = picture(new float[0], 1, 0);
        float[] without = noising(Prediction.EPSILON, EVERYTHING, 0)
                .of(picture, 1, new SplittableRandom(1))
                .target();
        float[] with = noising(Prediction.EPSILON, EVERYTHING, 1)
                .of(picture, 1, new SplittableRandom(1))
                .target();
        for (int channel = 0; channel < 2; channel++) {
            float moved = with[4 * channel] - without[4 * channel];
            assertThat(moved).isNotZero();
            for (int i = 1; i < 4; i++) {
                assertThat(with[4 * channel + i] - without[4 * channel + i]).isCloseTo(moved, within(1e-6f));
            }
        }
    }

    @Test
    void examplesComeBackFromAStoreAsTheyWere() {
        Pictures example =
                new Pictures(List.of(picture(new float[8], 2, 0.5f), picture(new float[0], Latents.DRAWN, 0)), 1);
        ByteBuffer bytes = ByteBuffer.allocate(Pictures.CODEC.bytes(example));
        Pictures.CODEC.write(example, bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        Pictures read = Pictures.CODEC.read(bytes.flip());
        assertThat(read).usingRecursiveComparison().isEqualTo(example);
        assertThat(Pictures.CODEC.size(read)).isEqualTo(8);
    }

    private static Noising noising(Prediction prediction, double minSnr, double offset) {
        return new Noising(new NoiseSchedule(KEPT, prediction), minSnr, offset);
    }

    /** Two channels of 2 x 2. */
    private static Latents picture(float[] noise, int timestep, float deviation) {
        float[] deviations = new float[deviation == 0 ? 0 : 8];
        Arrays.fill(deviations, deviation);
        return new Latents(
                2,
                2,
                new float[] {1, 2, 3, 4, -1, -2, -3, -4},
                deviations,
                noise,
                timestep,
                new Prompt(1, new float[] {5, 6}, new float[] {7}),
                new float[] {16, 16, 0, 0, 16, 16},
                0.5f);
    }
}
