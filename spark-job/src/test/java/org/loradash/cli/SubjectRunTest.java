package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.data.photo.PhotoFile;
import org.loradash.tsd.io.TensorFile;

/** A pipeline is trained on photos of a subject through the command, and paints with what it has learnt. */
class SubjectRunTest {
    private static final Path PIPELINE = Fixtures.path("golden/sdxl-tiny/model");

    @TempDir
    private Path temporary;

    @Test
    void trainsOnPhotosGoesOnToTheSameBitsAndPaints() throws IOException {
        Path photos = Files.createDirectory(temporary.resolve("photos"));
        for (int i = 0; i < 5; i++) {
            Files.copy(Fixtures.path("golden/sdxl-tiny/photo.png"), photos.resolve(i + ".png"));
        }
        TrainedRun whole = trained("whole", photos, 6);
        List<JsonNode> steps = whole.events("step");
        assertThat(steps).hasSize(12);
        assertThat(steps.get(0).get("examples").asInt()).isEqualTo(2);
        assertThat(steps.get(0).get("places").asInt()).isEqualTo(2 * 8 * 8);
        assertThat(steps.get(0).get("loss"))
                .as("noise and time steps are each step's own")
                .isNotEqualTo(steps.get(1).get("loss"));
        assertThat(whole.events("evaluation")).isNotEmpty();

        TrainedRun stopped = whole.stoppedCopy(temporary.resolve("stopped"), 4);
        trained("stopped", photos, 6);
        try (TensorFile one = whole.adapter();
                TensorFile other = stopped.adapter()) {
            for (String name : one.tensors().keySet()) {
                assertThat(other.readFloats(name)).as(name).containsExactly(one.readFloats(name));
            }
        }
        assertThat(whole.events("samples"))
                .as("after four rounds, and after the last")
                .extracting(event -> event.get("step").asInt())
                .containsExactly(4, 6);
        assertThat(Files.readAllBytes(whole.directory().resolve("samples/step-000006-1.png")))
                .isNotEqualTo(Files.readAllBytes(whole.directory().resolve("samples/step-000006-0.png")))
                .isEqualTo(Files.readAllBytes(stopped.directory().resolve("samples/step-000006-1.png")));
        assertThat(Files.readString(whole.directory().resolve("report.html")))
                .contains("<img src=\"samples/step-000004-0.png\"");

        assertThat(whole.directory().resolve("adapter/pytorch_lora_weights.safetensors"))
                .exists();

        Path picture = temporary.resolve("picture.png");
        StringWriter err = new StringWriter();
        int status = LoraDash.run(
                new String[] {
                    "generate",
                    whole.directory().toString(),
                    "--prompt",
                    "a photo of sks dog",
                    "--output",
                    picture.toString(),
                    "--steps",
                    "2"
                },
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(err, true),
                settings -> {
                    throw new AssertionError("trains");
                });
        assertThat(status).as(err.toString()).isZero();
        assertThat(PhotoFile.read(new Configuration(), new org.apache.hadoop.fs.Path(picture.toUri()), "--output")
                        .width())
                .isEqualTo(64);
    }

    private TrainedRun trained(String name, Path photos, int steps) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve(name + ".conf"),
                """
                run.output = "%s"
                model.path = "%s"
                task { kind = denoising, prompt = "a photo of sks dog", resolution = 64, crop = random, flip = random, min-snr = 5
                       samples { prompts = ["a photo of sks dog", "sks dog in snow"], every-rounds = 4, steps = 2 } }
                data { train = "%s", format = images }
                adapter { rank = 4, alpha = 4 }
                dash { directions = 2, pre-launch-steps = 2 }
                checkpoint { every-rounds = 1, keep = 9 }
                training { workers = 2, local-steps = 1, batch-size = 2, steps = %d, learning-rate = 1e-3, schedule = constant }
                validation { hold-out = 1, every-rounds = 2 }
                """
                                .formatted(run.directory(), PIPELINE, photos, steps)
                        + TrainCommandLine.SPARK);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return run;
    }
}
