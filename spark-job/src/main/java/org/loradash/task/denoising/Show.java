package org.loradash.task.denoising;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.data.photo.Photo;
import org.loradash.data.photo.PhotoFile;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.diffusion.Autoencoder;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.model.diffusion.Sampling;
import org.loradash.model.diffusion.Unet;

/**
 * Pictures of prompts on the way, each with noise of its own, the same every time.
 *
 * @param prompts what is painted
 * @param every after so many rounds; 0 for never
 * @param steps of the sampler
 */
record Show(String pipeline, List<String> prompts, int every, int steps) implements Serializable {
    private static final double GUIDANCE = 5;

    /** Loads the pipeline's other parts for as long as it takes. */
    List<byte[]> pictures(Kernels kernels, Unet unet, Changes changes, int height, int width, Configuration hadoop)
            throws IOException {
        PipelineDirectory parts = PipelineDirectory.open(hadoop, pipeline);
        Sampling sampling = new Sampling(parts.sampler(), steps, GUIDANCE);
        int reduction = parts.reduction();
        List<float[]> latents = new ArrayList<>();
        for (Prompt prompt : Prompts.encode(parts, hadoop, kernels, prompts)) {
            latents.add(sampling.latents(
                    kernels,
                    unet,
                    changes,
                    new Sampling.Prompts(prompt, Optional.of(prompt.zeros())),
                    height,
                    width,
                    reduction,
                    latents.size()));
        }
        Autoencoder autoencoder = parts.autoencoder();
        List<byte[]> pictures = new ArrayList<>();
        for (float[] made : latents) {
            pictures.add(PhotoFile.png(
                    Photo.of(height * reduction, width * reduction, autoencoder.decode(kernels, made, height, width))));
        }
        return pictures;
    }
}
