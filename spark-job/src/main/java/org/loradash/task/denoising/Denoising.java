package org.loradash.task.denoising;

import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.DataSettings.Format;
import org.loradash.config.TaskInputs;
import org.loradash.model.Shape;
import org.loradash.model.diffusion.UnetShape;
import org.loradash.task.Task;
import org.loradash.task.TaskKind;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;

/** {@code task.kind = denoising}: a U-Net learns the noise in latents. */
public final class Denoising implements TaskKind {
    static final Units UNITS = new Units("places", "examples", "a batch has no picture");

    @Override
    public String name() {
        return "denoising";
    }

    @Override
    public String meaning() {
        return "the U-Net of a pipeline of diffusers learns the noise in latents of pictures";
    }

    @Override
    public Units units() {
        return UNITS;
    }

    @Override
    public Shape model(TaskInputs given, Shape model) {
        return UnetShape.of(model);
    }

    @Override
    public Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop) {
        Format format = given.data().format();
        if (format != Format.LATENTS && format != Format.IMAGES) {
            throw InvalidInput.of(
                    "data.format",
                    format.name().toLowerCase(Locale.ROOT),
                    "must be latents or images for task.kind = " + name());
        }
        return Denoised.of(given, UnetShape.of(model), hadoop);
    }
}
