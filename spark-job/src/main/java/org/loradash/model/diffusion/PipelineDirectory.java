package org.loradash.model.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.ConfigJson;
import org.loradash.model.WeightFiles;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorDirectory;

/**
 * A StableDiffusionXLPipeline as diffusers saves it: model_index.json, and a folder for each part. The U-Net is the model that is
 * adapted, which {@link org.loradash.model.ModelDirectory} opens; all other parts are opened here.
 *
 * @param path of the directory that the folders are in
 * @param index model_index.json
 */
public record PipelineDirectory(FileSystem files, Path path, ConfigJson index) {
    private static final String INDEX = "model_index.json";
    private static final String KIND = "StableDiffusionXLPipeline";

    /** The class that each part must be of. */
    private static final Map<String, List<String>> PARTS = new TreeMap<>(Map.of(
            "unet", List.of("UNet2DConditionModel"),
            "vae", List.of("AutoencoderKL"),
            "text_encoder", List.of("CLIPTextModel"),
            "text_encoder_2", List.of("CLIPTextModelWithProjection"),
            "tokenizer", List.of("CLIPTokenizer", "CLIPTokenizerFast"),
            "tokenizer_2", List.of("CLIPTokenizer", "CLIPTokenizerFast")));

    /**
     * Opens a directory and checks of which classes its parts are; reads no part.
     *
     * @throws InvalidInput where it is no pipeline of that kind, or a part is of a class that is not computed
     */
    public static PipelineDirectory open(Configuration hadoop, String directory) {
        FileSystem files = FileSystems.of("model.path", directory, hadoop);
        Path path = ModelPath.whole("model.path", directory, hadoop);
        Path file = new Path(path, INDEX);
        ConfigJson index = new ConfigJson(JsonFile.object(files, file, ModelConfig.LARGEST), file.toString());
        if (!index.word("_class_name", "").equals(KIND)) {
            throw index.refused("_class_name", "must be " + KIND);
        }
        PARTS.forEach((part, classes) -> {
            String given = index.json().path(part).path(1).asText();
            if (!classes.contains(given)) {
                throw index.refused(part, "must name " + classes.get(0) + ": another class is not computed");
            }
        });
        return new PipelineDirectory(files, path, index);
    }

    /** The folder of a part. */
    public Path folder(String part) {
        return new Path(path, part);
    }

    /** A part's own configuration. */
    ConfigJson config(String part, String name) {
        Path file = new Path(folder(part), name);
        JsonNode json = JsonFile.object(files, file, ModelConfig.LARGEST);
        return new ConfigJson(json, file.toString());
    }

    /** Whether a negative prompt that is not given has embeddings of zeros; otherwise it is an empty text. */
    public boolean zerosForNoPrompt() {
        return index.flag("force_zeros_for_empty_prompt", true);
    }

    /** Both text encoders. */
    public PromptEncoder promptEncoder() {
        return new PromptEncoder(
                textEncoder("text_encoder", TextEncoderConfig.Pooling.NONE),
                textEncoder("text_encoder_2", TextEncoderConfig.Pooling.PROJECTED));
    }

    private TextEncoder textEncoder(String part, TextEncoderConfig.Pooling pooling) {
        TextEncoderConfig config = TextEncoderConfig.of(config(part, ModelConfig.FILE), pooling);
        try (TensorDirectory weights = TensorDirectory.open(files, folder(part))) {
            return TextEncoder.read(config, new WeightFiles(weights, Storage.FLOAT32));
        }
    }

    /**
     * The most that the text encoders, or after them the VAE, take outside the heap, from their configurations alone.
     *
     * @param side of a square picture, in pixels
     */
    public long bytesOfOtherParts(int side) {
        long texts = TextEncoderConfig.of(config("text_encoder", ModelConfig.FILE), TextEncoderConfig.Pooling.NONE)
                        .bytes()
                + TextEncoderConfig.of(config("text_encoder_2", ModelConfig.FILE), TextEncoderConfig.Pooling.PROJECTED)
                        .bytes();
        return Math.max(texts, Autoencoder.bytes(AutoencoderConfig.of(config("vae", ModelConfig.FILE)), side));
    }

    /** The side of a picture in places of its latents. */
    public int reduction() {
        return AutoencoderConfig.of(config("vae", ModelConfig.FILE)).reduction();
    }

    /** What turns pictures into latents and back. */
    public Autoencoder autoencoder() {
        AutoencoderConfig config = AutoencoderConfig.of(config("vae", ModelConfig.FILE));
        try (TensorDirectory weights = TensorDirectory.open(files, folder("vae"))) {
            return Autoencoder.read(config, new FileWeights(new WeightFiles(weights, Storage.FLOAT32)));
        }
    }

    /** How noise grows with time steps. */
    public NoiseSchedule noiseSchedule() {
        return NoiseSchedule.of(scheduler());
    }

    /**
     * The sampler that the pipeline is saved with.
     *
     * @throws InvalidInput where it is another one than Euler's, or does what is not computed
     */
    public EulerSampler sampler() {
        return EulerSampler.of(scheduler());
    }

    private ConfigJson scheduler() {
        return config("scheduler", "scheduler_config.json");
    }
}
