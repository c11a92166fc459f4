package org.loradash.generate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.photo.Photo;
import org.loradash.data.tokenizer.PromptTokenizer;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.diffusion.Autoencoder;
import org.loradash.model.diffusion.EulerSampler;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.model.diffusion.PromptEncoder;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.model.diffusion.Sampling;
import org.loradash.model.diffusion.Unet;
import org.loradash.model.diffusion.UnetShape;
import org.loradash.tsd.InvalidInput;

/**
 * A picture of a prompt, by a pipeline and perhaps an adapter of its U-Net. The parts are loaded one after the other, and each
 * is let go before the next.
 */
public final class Painter {
    private final String directory;
    private final Optional<String> adapter;
    private final Storage storage;
    private final int threads;
    private final Configuration hadoop;

    /**
     * @param directory of the pipeline
     * @param adapter a PEFT adapter directory of the U-Net, applied beside the weights
     * @param storage how the U-Net's linear layers are held
     */
    public Painter(String directory, Optional<String> adapter, Storage storage, int threads, Configuration hadoop) {
        this.directory = directory;
        this.adapter = adapter;
        this.storage = storage;
        this.threads = threads;
        this.hadoop = hadoop;
    }

    /**
     * What is to be painted.
     *
     * @param negative what the picture is led away from; absent as the pipeline says
     * @param steps of the sampler
     * @param guidance how far beyond the prompt's own prediction it goes; at most 1 for the prompt alone
     * @param size height and width in pixels; absent as the U-Net was made for
     * @param seed of the noise that it begins with
     */
    public record Request(
            String prompt,
            Optional<String> negative,
            int steps,
            double guidance,
            Optional<List<Integer>> size,
            long seed) {}

    /** @throws InvalidInput where a part is missing, damaged, unsupported, or the size does not fit */
    public Photo paint(Request request) throws IOException {
        PipelineDirectory pipeline = PipelineDirectory.open(hadoop, directory);
        try (ModelDirectory model = ModelDirectory.open(hadoop, directory);
                Kernels kernels = KernelProvider.best().open(threads)) {
            UnetShape shape = UnetShape.of(model.shape());
            Changes changes = adapter.<Changes>map(path -> PeftAdapter.changes(hadoop, model, path))
                    .orElseGet(Changes::none);
            EulerSampler sampler = pipeline.sampler();
            sampler.path(request.steps());
            Autoencoder autoencoder = pipeline.autoencoder();
            int reduction = autoencoder.reduction();
            List<Integer> size = request.size().orElseGet(() -> shape.latentSides().stream()
                    .map(side -> side * reduction)
                    .toList());
            autoencoder.check(size.get(0), size.get(1), "--size");
            Sampling.Prompts prompts = prompts(pipeline, request, kernels);
            int height = size.get(0) / reduction;
            int width = size.get(1) / reduction;
            float[] latents = new Sampling(sampler, request.steps(), request.guidance())
                    .latents(
                            kernels,
                            (Unet) model.load(storage),
                            changes,
                            prompts,
                            height,
                            width,
                            reduction,
                            request.seed());
            return Photo.of(size.get(0), size.get(1), autoencoder.decode(kernels, latents, height, width));
        }
    }

    private Sampling.Prompts prompts(PipelineDirectory pipeline, Request request, Kernels kernels) throws IOException {
        PromptEncoder encoder = pipeline.promptEncoder();
        Arena arena = new Arena();
        try (PromptTokenizer first = PromptTokenizer.open(hadoop, pipeline.folder("tokenizer"));
                PromptTokenizer second = PromptTokenizer.open(hadoop, pipeline.folder("tokenizer_2"))) {
            Prompt towards =
                    encoder.encode(kernels, arena, first.encode(request.prompt()), second.encode(request.prompt()));
            if (request.guidance() <= 1) {
                return new Sampling.Prompts(towards, Optional.empty());
            }
            if (request.negative().isEmpty() && pipeline.zerosForNoPrompt()) {
                return new Sampling.Prompts(towards, Optional.of(towards.zeros()));
            }
            String negative = request.negative().orElse("");
            return new Sampling.Prompts(
                    towards,
                    Optional.of(encoder.encode(kernels, arena, first.encode(negative), second.encode(negative))));
        } finally {
            arena.free();
        }
    }
}
