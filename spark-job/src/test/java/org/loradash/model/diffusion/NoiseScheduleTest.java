package org.loradash.model.diffusion;

import static org.loradash.model.diffusion.PipelineParts.assertClose;

import org.junit.jupiter.api.Test;

class NoiseScheduleTest {
    private static final NoiseSchedule SCHEDULE = PipelineParts.pipeline().noiseSchedule();

    @Test
    void keepsOfTheDataWhatDiffusersKeeps() {
        int[] steps = PipelineParts.ints("noise.timesteps");
        float[] expected = PipelineParts.floats("noise.alphas_cumprod");
        for (int i = 0; i < steps.length; i++) {
            assertClose("step " + steps[i], new float[] {SCHEDULE.kept()[steps[i]]}, new float[] {expected[i]}, 5e-7);
        }
    }

    @Test
    void addsNoiseAsDiffusersDoes() {
        int[] steps = PipelineParts.ints("noise.timesteps");
        for (int i = 0; i < steps.length; i++) {
            float[] latents = PipelineParts.floats("noise.latents", i);
            float[] noised = new float[latents.length];
            SCHEDULE.addNoise(latents, PipelineParts.floats("noise.noise", i), steps[i], noised, 0, latents.length);
            assertClose("step " + steps[i], noised, PipelineParts.floats("noise.noised", i), 1e-6);
        }
    }
}
