package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.loradash.autograd.Arena;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;

/**
 * From noise to latents by what a U-Net predicts, as prompts say.
 *
 * @param steps of the sampler
 * @param guidance how far beyond the prompt's own prediction it goes; at most 1 for the prompt alone
 */
public record Sampling(EulerSampler sampler, int steps, double guidance) {

    /** @param away what the picture is led away from; nothing where there is no guidance */
    public record Prompts(PromptEncoder.Prompt towards, Optional<PromptEncoder.Prompt> away) {}

    /**
     * Latents of one picture.
     *
     * @param height of the latents, in places
     * @param reduction side of a picture in places of its latents
     * @param seed of the noise that it begins with, drawn by Java
     * @return channels x height x width
     */
    public float[] latents(
            Kernels kernels,
            Unet unet,
            Changes changes,
            Prompts prompts,
            int height,
            int width,
            int reduction,
            long seed) {
        float[] noise = noise(seed, unet.latentChannels() * height * width);
        List<Integer> size = List.of(height * reduction, width * reduction);
        float[] told = {size.get(0), size.get(1), 0, 0, size.get(0), size.get(1)};
        Arena arena = new Arena();
        try {
            return sampler.sample(noise, steps, (latents, timestep) -> {
                float[] towards = unet.predict(
                        kernels, arena, latents, height, width, timestep, prompts.towards(), told, changes);
                if (prompts.away().isEmpty()) {
                    return towards;
                }
                float[] away = unet.predict(
                        kernels,
                        arena,
                        latents,
                        height,
                        width,
                        timestep,
                        prompts.away().get(),
                        told,
                        changes);
                return EulerSampler.guided(away, towards, guidance);
            });
        } finally {
            arena.free();
        }
    }

    private static float[] noise(long seed, int count) {
        Random random = new Random(seed);
        float[] noise = new float[count];
        for (int i = 0; i < count; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        return noise;
    }
}
