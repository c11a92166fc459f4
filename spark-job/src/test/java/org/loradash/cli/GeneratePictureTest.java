package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.data.photo.Photo;
import org.loradash.data.photo.PhotoFile;

class GeneratePictureTest {
    private static final String PIPELINE =
            Fixtures.path("golden/sdxl-tiny/model").toString();
    private static final String ADAPTER =
            Fixtures.path("golden/sdxl-tiny/boundary").toString();

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    @Test
    void paintsAPictureOfTheSizeThatTheUnetWasMadeFor() throws IOException {
        Photo picture = painted("--steps", "3");
        assertThat(picture.height()).isEqualTo(64);
        assertThat(picture.width()).isEqualTo(64);
        assertThat(err.toString()).contains("a.png: 64 x 64 pixels, 3 steps in ");
    }

    @Test
    void theSameSeedPaintsTheSamePictureAndAnythingElseAnother() throws IOException {
        byte[] picture = painted("--steps", "2").pixels();
        assertThat(painted("--steps", "2", "--seed", "0", "--guidance", "5", "--threads", "1")
                        .pixels())
                .isEqualTo(picture);
        for (String option :
                List.of("--seed 1", "--guidance 1", "--guidance 7", "--negative dog", "--negative=", "--steps 3")) {
            List<String> options = new ArrayList<>(List.of("--steps", "2"));
            if (option.startsWith("--steps")) {
                options.clear();
            }
            options.addAll(Arrays.asList(option.split(" ")));
            assertThat(painted(options.toArray(String[]::new)).pixels())
                    .as(option)
                    .isNotEqualTo(picture);
        }
    }

    @Test
    void paintsOtherSizes() throws IOException {
        Photo picture = painted("--steps", "1", "--size", "40x72");
        assertThat(picture.height()).isEqualTo(40);
        assertThat(picture.width()).isEqualTo(72);
    }

    @Test
    void anAdapterPaintsAnotherPictureAndWithoutItTheModelsOwn() throws IOException {
        byte[] base = painted("--steps", "2").pixels();
        assertThat(painted(ADAPTER, "--model", PIPELINE, "--steps", "2").pixels())
                .isNotEqualTo(base);
        assertThat(painted(ADAPTER, "--model", PIPELINE, "--base", "--steps", "2")
                        .pixels())
                .isEqualTo(base);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prompt a --output a.jpg | --output: a.jpg (must end with .png)",
                "--output a.png | --prompt: absent (must come with --output, and no --instruction, --chat or --input)",
                "--prompt a --output a.png --top-k 3 | --output: a picture (must come without --beams, --temperature, --top-k"
                        + " and --top-p)",
                "--prompt a --output a.png --steps 0 | --steps: 0 (must be from 1 to 1000)",
                "--prompt a --output a.png --guidance -1 | --guidance: -1.0 (must be from 0 to 1000)",
                "--prompt a --output a.png --size 60 | --size: 60 x 60 (must be multiples of 8, as the VAE has it)",
                "--prompt a --output a.png --size big | --size: big (must be height x width, such as 1024x768, or one number)",
                "--prompt a --output a.png --size 800000 | --size: 800000 x 800000 (must have at most 67100672 pixels)",
                "--prompt a --negative b | --negative: b (must come with --output, for a picture)",
                "--prompt a --steps 4 | --steps: 4 (must come with --output, for a picture)",
                "--prompt a | model.path: architecture UNet2DConditionModel (must be a decoder, which continues texts)"
            })
    void endsWithTwoAndOneLineForAMistake(String options, String line) {
        List<String> arguments = new ArrayList<>(List.of("generate", PIPELINE));
        arguments.addAll(List.of(options.strip().split(" ")));
        assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString().lines().filter(said -> !said.startsWith("loading")))
                .containsExactly("lora-dash: " + line);
    }

    @Test
    void aPipelineIsNotMerged() {
        assertThat(run("merge", ADAPTER, directory.resolve("merged").toString(), "--model", PIPELINE))
                .isEqualTo(2);
        assertThat(err.toString())
                .endsWith("lora-dash: SOURCE: " + PIPELINE
                        + " (must be the adapter of a plain model; that of a pipeline stays beside its U-Net)"
                        + System.lineSeparator());
    }

    @Test
    void aModelOfTextsPaintsNothing() {
        String texts = Fixtures.path("tiny-llama/model").toString();
        assertThat(run("generate", texts, "--prompt", "a", "--output", "a.png")).isEqualTo(2);
        assertThat(err.toString()).contains("model_index.json");
    }

    private Photo painted(String... options) throws IOException {
        Path file = directory.resolve("a.png");
        Files.deleteIfExists(file);
        List<String> arguments = new ArrayList<>(List.of("generate"));
        if (options[0].startsWith("--")) {
            arguments.add(PIPELINE);
        }
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--prompt", "a photo of sks dog", "--output", file.toString()));
        assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
        return PhotoFile.read(new Configuration(), new org.apache.hadoop.fs.Path(file.toUri()), "--output");
    }

    private int run(String... arguments) {
        return LoraDash.run(
                arguments, new PrintWriter(new StringWriter(), true), new PrintWriter(err, true), settings -> {
                    throw new AssertionError("trains");
                });
    }
}
