package org.loradash.task.denoising;

import java.io.Serializable;
import org.loradash.config.DenoisingSettings;
import org.loradash.config.TaskInputs;
import org.loradash.data.photo.Framing;
import org.loradash.tsd.InvalidInput;

/**
 * What photos become pictures to learn of by.
 *
 * @param pipeline whose text encoders and autoencoder are used
 * @param prompt that goes with each photo
 * @param framing how photos become squares
 * @param prior a folder with photos of the class, or null
 * @param priorPrompt that goes with those
 * @param priorWeight of their loss
 */
record Photos(String pipeline, String prompt, Framing framing, String prior, String priorPrompt, float priorWeight)
        implements Serializable {

    /**
     * @param reduction side of a picture in places of its latents
     * @throws InvalidInput where something is not given, or does not fit
     */
    static Photos of(TaskInputs given, int reduction) {
        DenoisingSettings settings = given.task().denoising();
        String prompt = settings.prompt()
                .orElseThrow(() -> InvalidInput.of(
                        "task.prompt",
                        "not given",
                        "must be what photos of the subject go with, such as a photo of sks dog"));
        if (settings.resolution() % reduction != 0) {
            throw InvalidInput.of(
                    "task.resolution",
                    settings.resolution(),
                    "must be a multiple of " + reduction + ", as the VAE has it");
        }
        if (settings.prior().isPresent() != settings.priorPrompt().isPresent()) {
            throw InvalidInput.of(
                    "task.prior.prompt",
                    settings.priorPrompt().orElse("not given"),
                    "must be given where task.prior.photos is, and only there");
        }
        return new Photos(
                given.model().path(),
                prompt,
                new Framing(settings.resolution(), settings.crop(), settings.flip()),
                settings.prior().orElse(null),
                settings.priorPrompt().orElse(null),
                (float) settings.priorWeight());
    }
}
