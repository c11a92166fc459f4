package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.loradash.model.diffusion.PipelineParts.assertClose;
import static org.loradash.model.diffusion.PipelineParts.interleaved;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.config.DenoisingSettings.Crop;
import org.loradash.config.DenoisingSettings.Flip;
import org.loradash.data.photo.Framing;
import org.loradash.data.photo.Photo;
import org.loradash.data.photo.PhotoFile;
import org.loradash.data.tokenizer.PromptTokenizer;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;

/** The stages beside the U-Net give what diffusers makes of them in double precision. */
class PipelineStagesTest {
    private static final Kernels KERNELS = KernelProvider.best().open(2);
    private static final Arena ARENA = new Arena();
    private static final int PROMPTS = 3;

    @Test
    void giveWhatDiffusersMakesOfThem() throws IOException {
        check(PipelineParts.SMALL);
    }

    @Test
    void givesItWithThePortableKernelsToo() {
        Kernels portable = KernelProvider.PORTABLE.open();
        checkTexts(PipelineParts.SMALL, portable);
        checkAutoencoder(PipelineParts.SMALL, portable);
        checkUnet(PipelineParts.SMALL, portable);
    }

    /** Needs the Python that {@code LORADASH_PYTHON} names, as the tests of {@code org.loradash.reference} do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seed 5 --channels 12,24 --heads 3,2 --transformer-layers 1,2 --vae-channels 16,24,32 --vae-layers 2"
                        + " --text-widths 24,40 --text-heads 3,4 --text-layers 2,4 --projection 28 --own-eos --latent 6x10"
                        + " --resolution 48 --merges 90",
                "--seed 7 --vae-channels 8,12 --vae-layers 3 --text-widths 8,32 --text-heads 1,2 --text-layers 1,2"
                        + " --prompt-length 40 --latent 4x12 --resolution 120"
            })
    void ofOtherShapesToo(String options, @TempDir Path temporary) throws IOException, InterruptedException {
        String python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set (see package org.loradash.reference)");
        List<String> command = new ArrayList<>(List.of(
                python,
                Fixtures.path("golden/make_golden_sdxl.py").toString(),
                temporary.toString(),
                "--photo",
                Fixtures.path("golden/sdxl-tiny/photo.png").toString(),
                "--method",
                "lora",
                "--rounds",
                "1",
                "--warmup-rounds",
                "1"));
        command.addAll(List.of(options.split(" ")));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
        check(new PipelineParts(temporary));
    }

    private static void check(PipelineParts parts) throws IOException {
        checkTokens(parts, "tokenizer", "tokens.one");
        checkTokens(parts, "tokenizer_2", "tokens.two");
        checkTexts(parts, KERNELS);
        checkPhoto(parts);
        checkAutoencoder(parts, KERNELS);
        checkNoise(parts);
        checkUnet(parts, KERNELS);
        checkSampling(parts);
    }

    private static void checkTokens(PipelineParts parts, String folder, String expected) throws IOException {
        int[] all = parts.ints(expected);
        int length = parts.side(expected, 1);
        try (PromptTokenizer tokenizer =
                PromptTokenizer.open(new Configuration(), parts.pipeline().folder(folder))) {
            for (int i = 0; i < PROMPTS; i++) {
                String prompt = parts.told("prompts").path(i).asText();
                assertThat(tokenizer.encode(prompt))
                        .as(prompt)
                        .containsExactly(Arrays.copyOfRange(all, i * length, (i + 1) * length));
            }
        }
    }

    private static void checkTexts(PipelineParts parts, Kernels kernels) {
        PromptEncoder encoder = parts.pipeline().promptEncoder();
        int length = parts.side("tokens.one", 1);
        for (int i = 0; i < PROMPTS; i++) {
            PromptEncoder.Prompt prompt = encoder.encode(
                    kernels,
                    ARENA,
                    Arrays.copyOfRange(parts.ints("tokens.one"), i * length, (i + 1) * length),
                    Arrays.copyOfRange(parts.ints("tokens.two"), i * length, (i + 1) * length));
            assertClose("states", prompt.states(), parts.floats("text.prompt_embeds", i), 1e-5);
            assertClose("pooled", prompt.pooled(), parts.floats("text.pooled", i), 1e-5);
        }
    }

    private static void checkPhoto(PipelineParts parts) throws IOException {
        Photo photo = PhotoFile.read(new Configuration(), parts.path("photo.png"), "data.train");
        assertThat(unsigned(photo)).containsExactly(parts.ints("image.pixels"));
        int side = parts.told("resolution").asInt();
        Framing.Framed framed = new Framing(side, Crop.CENTRE, Flip.NEVER).apply(photo, new Random(1), "photo.png");
        assertThat(framed.conditions()).containsExactly(parts.floats("image.time_ids"));
        assertClose("photo", framed.square().scaled(), interleaved(parts.floats("image.tensor")), 1e-6);
    }

    private static int[] unsigned(Photo photo) {
        int[] values = new int[photo.pixels().length];
        Arrays.setAll(values, i -> Byte.toUnsignedInt(photo.pixels()[i]));
        return values;
    }

    private static void checkAutoencoder(PipelineParts parts, Kernels kernels) {
        Autoencoder vae = parts.pipeline().autoencoder();
        int side = parts.side("image.tensor", 2);
        Autoencoder.Posterior posterior = vae.encode(kernels, interleaved(parts.floats("image.tensor")), side, side);
        assertThat(posterior.height()).isEqualTo(parts.side("vae.mean", 2));
        assertClose("mean", posterior.mean(), parts.floats("vae.mean"), 1e-4);
        float[] draw = parts.floats("vae.draw");
        float[] sampled = new float[draw.length];
        for (int i = 0; i < draw.length; i++) {
            sampled[i] = (posterior.mean()[i] + posterior.deviation()[i] * draw[i]) * vae.scale();
        }
        assertClose("sampled", sampled, parts.floats("vae.sampled_latents"), 1e-4);
        for (int i = 0; i < parts.side("decode.latents", 0); i++) {
            float[] picture = vae.decode(
                    kernels,
                    parts.floats("decode.latents", i),
                    parts.side("decode.latents", 2),
                    parts.side("decode.latents", 3));
            assertClose("picture", picture, interleaved(parts.floats("decode.image", i)), 1e-4);
        }
    }

    private static void checkNoise(PipelineParts parts) {
        NoiseSchedule schedule = parts.pipeline().noiseSchedule();
        int[] steps = parts.ints("noise.timesteps");
        float[] kept = new float[steps.length];
        for (int i = 0; i < steps.length; i++) {
            kept[i] = schedule.kept()[steps[i]];
            float[] latents = parts.floats("noise.latents", i);
            float[] noised = new float[latents.length];
            schedule.addNoise(latents, parts.floats("noise.noise", i), steps[i], noised, 0, latents.length);
            assertClose("step " + steps[i], noised, parts.floats("noise.noised", i), 1e-6);
        }
        assertClose("kept", kept, parts.floats("noise.alphas_cumprod"), 1e-7);
        for (int count : new int[] {5, 10}) {
            EulerSampler.Path path = parts.pipeline().sampler().path(count);
            assertThat(path.timesteps()).containsExactly(parts.floats("sample." + count + ".timesteps"));
            assertClose("sigmas", path.sigmas(), parts.floats("sample." + count + ".sigmas"), 1e-6);
        }
    }

    private static void checkUnet(PipelineParts parts, Kernels kernels) {
        Unet unet = parts.unet();
        for (String inputs : List.of("unet", "unet.odd")) {
            for (int i = 0; i < 2; i++) {
                float[] predicted = unet.predict(
                        kernels,
                        ARENA,
                        parts.floats(inputs + ".sample", i),
                        parts.side(inputs + ".sample", 2),
                        parts.side(inputs + ".sample", 3),
                        parts.ints("unet.timesteps")[i],
                        new PromptEncoder.Prompt(
                                parts.side("unet.prompt_embeds", 1),
                                parts.floats("unet.prompt_embeds", i),
                                parts.floats("unet.pooled", i)),
                        parts.floats("unet.time_ids", i),
                        Changes.none());
                assertClose(inputs, predicted, parts.floats(inputs + ".output", i), 1e-5);
            }
        }
    }

    private static void checkSampling(PipelineParts parts) {
        Unet unet = parts.unet();
        PromptEncoder.Prompt prompt = prompt(parts, "text", 0);
        PromptEncoder.Prompt empty = prompt(parts, "text.empty", 0);
        int height = parts.side("sample.noise", 2);
        int width = parts.side("sample.noise", 3);
        // The fixture's script asks for this size, whatever the autoencoder makes of the latents.
        float[] size = {8 * height, 8 * width, 0, 0, 8 * height, 8 * width};
        for (int steps : new int[] {5, 10}) {
            for (String negative : List.of("", ".zeros")) {
                PromptEncoder.Prompt without = negative.isEmpty() ? empty : empty.zeros();
                float[] latents = parts.pipeline()
                        .sampler()
                        .sample(
                                parts.floats("sample.noise"),
                                steps,
                                (noised, timestep) -> EulerSampler.guided(
                                        unet.predict(
                                                KERNELS,
                                                ARENA,
                                                noised,
                                                height,
                                                width,
                                                timestep,
                                                without,
                                                size,
                                                Changes.none()),
                                        unet.predict(
                                                KERNELS,
                                                ARENA,
                                                noised,
                                                height,
                                                width,
                                                timestep,
                                                prompt,
                                                size,
                                                Changes.none()),
                                        parts.told("guidance_scale").asDouble()));
                assertClose("latents", latents, parts.floats("sample." + steps + negative + ".latents"), 1e-4);
            }
        }
    }

    private static PromptEncoder.Prompt prompt(PipelineParts parts, String name, int index) {
        return new PromptEncoder.Prompt(
                parts.side(name + ".prompt_embeds", 1),
                parts.floats(name + ".prompt_embeds", index),
                parts.floats(name + ".pooled", index));
    }
}
