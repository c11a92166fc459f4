package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.SettingsReader;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.ModelDirectory;
import org.loradash.model.diffusion.PipelineParts;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.model.diffusion.Unet;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

/** Stock diffusers loads what a run of a U-Net leaves by load_lora_weights, and predicts the same with it. */
class DiffusersExportTest {
    private static final Path PIPELINE = Fixtures.path("golden/sdxl-tiny/model");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora-dash | to_q, to_k, to_v, to_out.0",
                "lora | to_q, to_out.0, ff.net.0.proj, ff.net.2, proj_in, proj_out",
                "pissa | to_k, to_v"
            })
    void predictsTheSameInStockDiffusers(String method, String targets) throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path adapter = trained(method, targets);
        Path predicted = directory.resolve("predicted.safetensors");
        write(adapter, predicted);
        Process check = new ProcessBuilder(
                        python,
                        Fixtures.path("diffusers/check_adapter.py").toString(),
                        PIPELINE.toString(),
                        adapter.toString(),
                        predicted.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).as(said).isZero();
    }

    private Path trained(String method, String targets) throws IOException {
        Path run = directory.resolve("run");
        Path configuration = Files.writeString(
                directory.resolve("run.conf"),
                """
                run.output = "%s"
                model.path = "%s"
                task.kind = denoising
                data { train = "%s", format = latents }
                adapter { method = %s, rank = 4, alpha = 6, targets = "%s" }
                dash { on = true, directions = 3, pre-launch-steps = 4 }
                training { local-steps = 4, batch-size = 2, steps = 8, learning-rate = 0.02 }
                spark { master = "local[2]", ui.enabled = false }
                """
                        .formatted(run, PIPELINE, PIPELINE.resolveSibling("data.safetensors"), method, targets));
        TrainingJob.run(new SettingsReader(new Configuration()).read(configuration.toString(), List.of()));
        return run.resolve("adapter");
    }

    private static void write(Path adapter, Path file) throws IOException {
        PipelineParts parts = PipelineParts.SMALL;
        int height = parts.side("unet.sample", 2);
        int width = parts.side("unet.sample", 3);
        int tokens = parts.side("unet.prompt_embeds", 1);
        float[] latents = parts.floats("unet.sample", 0);
        Prompt prompt = new Prompt(tokens, parts.floats("unet.prompt_embeds", 0), parts.floats("unet.pooled", 0));
        float[] sizes = parts.floats("unet.time_ids", 0);
        int timestep = parts.ints("unet.timesteps")[0];
        try (ModelDirectory files = ModelDirectory.open(new Configuration(), PIPELINE.toString());
                Kernels kernels = KernelProvider.best().open();
                OutputStream out = Files.newOutputStream(file)) {
            float[] predicted = ((Unet) files.load(Storage.FLOAT32))
                    .predict(
                            kernels,
                            new Arena(),
                            latents,
                            height,
                            width,
                            timestep,
                            prompt,
                            sizes,
                            PeftAdapter.changes(new Configuration(), files, adapter.toString()));
            SafetensorsWriter.write(
                    out,
                    Map.of(),
                    List.of(
                            NamedTensor.of("sample", latents, 1, 4, height, width),
                            NamedTensor.of("timesteps", new long[] {timestep}, 1),
                            NamedTensor.of(
                                    "prompt_embeds", prompt.states(), 1, tokens, prompt.states().length / tokens),
                            NamedTensor.of("pooled", prompt.pooled(), 1, prompt.pooled().length),
                            NamedTensor.of("time_ids", sizes, 1, 6),
                            NamedTensor.of("predicted", predicted, 1, 4, height, width)));
        }
    }
}
