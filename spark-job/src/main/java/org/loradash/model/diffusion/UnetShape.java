package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.AdapterFile;
import org.loradash.model.Backbone;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.tsd.InvalidInput;

/** The shape of SDXL's U-Net. */
public record UnetShape(UnetConfig config) implements Shape {

    /**
     * A model's shape as a U-Net's.
     *
     * @throws InvalidInput where it is another kind of model
     */
    public static UnetShape of(Shape shape) {
        if (shape instanceof UnetShape unet) {
            return unet;
        }
        throw InvalidInput.of(
                "model.path",
                "architecture " + shape.architecture(),
                "must be a pipeline of diffusers, which makes pictures");
    }

    @Override
    public String architecture() {
        return UnetArchitecture.NAME;
    }

    /** Height and width of the latents that it was made for. */
    public List<Integer> latentSides() {
        return config.latentSides();
    }

    /** How many channels latents have. */
    public int latentChannels() {
        return config.latentChannels();
    }

    /** The width of a token's states. */
    public int promptWidth() {
        return config.promptWidth();
    }

    /** The width of the whole prompt's state. */
    public int pooledWidth() {
        return config.pooledWidth();
    }

    @Override
    public List<Target> targets() {
        ShapesAlone shapes = new ShapesAlone(Storage.FLOAT32, (name, shape) -> {});
        Unet.withoutMemory(config, shapes);
        return List.copyOf(shapes.targets());
    }

    /** Those of diffusers' own training: the attention's. */
    @Override
    public List<String> usualTargets() {
        return List.of("to_q", "to_k", "to_v", "to_out.0");
    }

    /** What diffusers' load_lora_weights loads. */
    @Override
    public Optional<AdapterFile> adapterFile() {
        return Optional.of(new AdapterFile("pytorch_lora_weights.safetensors", "unet."));
    }

    @Override
    public List<WholeModule> modules() {
        return List.of();
    }

    @Override
    public void check(WeightFiles files) {
        Unet.withoutMemory(config, new ShapesAlone(Storage.FLOAT32, files::check));
    }

    @Override
    public Backbone load(WeightFiles files) {
        check(files);
        return Unet.of(config, new FileWeights(files));
    }

    @Override
    public Backbone withoutMemory(Storage storage) {
        return Unet.withoutMemory(config, new ShapesAlone(storage, (name, shape) -> {}));
    }
}
