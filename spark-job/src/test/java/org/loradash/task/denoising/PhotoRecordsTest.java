package org.loradash.task.denoising;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.model.diffusion.PipelineParts.assertClose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.DenoisingSettings.Crop;
import org.loradash.config.DenoisingSettings.Flip;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.photo.Framing;
import org.loradash.model.diffusion.PipelineParts;

/** Photos become the latents, embeddings and conditions that diffusers makes of them. */
class PhotoRecordsTest {
    private static final PipelineParts PARTS = PipelineParts.SMALL;
    private static final Configuration HADOOP = new Configuration();
    private static final Path PHOTO = Fixtures.path("golden/sdxl-tiny/photo.png");

    @TempDir
    private Path temporary;

    private Path subject;
    private Path dogs;

    @BeforeEach
    void copyPhotos() throws IOException {
        subject = Files.createDirectory(temporary.resolve("subject"));
        dogs = Files.createDirectory(temporary.resolve("dogs"));
        Files.copy(PHOTO, subject.resolve("a.png"));
        Files.writeString(subject.resolve(".hidden"), "no photo");
    }

    @Test
    void areWhatThePipelinesPartsMakeOfThem() throws IOException {
        List<Pictures> records = read(photos(Crop.CENTRE, Flip.NEVER, null));
        assertThat(records).hasSize(1);
        Latents latents = records.get(0).latents().get(0);
        float scale = PARTS.told("scaling_factor").floatValue();
        assertClose("mean", unscaled(latents.mean(), scale), PARTS.floats("vae.mean"), 1e-4);
        float[] draw = PARTS.floats("vae.draw");
        float[] sampled = latents.mean().clone();
        for (int i = 0; i < sampled.length; i++) {
            sampled[i] += latents.deviation()[i] * draw[i];
        }
        assertClose("sampled", sampled, PARTS.floats("vae.sampled_latents"), 1e-4);
        assertClose("states", latents.prompt().states(), PARTS.floats("text.prompt_embeds", 0), 1e-5);
        assertClose("pooled", latents.prompt().pooled(), PARTS.floats("text.pooled", 0), 1e-5);
        assertThat(latents.size()).containsExactly(PARTS.floats("image.time_ids"));
        assertThat(latents.share()).isEqualTo(1);
        assertThat(latents.timestep()).isEqualTo(Latents.DRAWN);
    }

    @Test
    void comeWithOneOfTheClassEachWhichCountsAsMuchAsItIsGiven() throws IOException {
        for (String name : List.of("1.png", "2.png", "3.png")) {
            Files.copy(PHOTO, dogs.resolve(name));
        }
        List<Pictures> records = read(photos(Crop.CENTRE, Flip.NEVER, dogs.toString()));
        assertThat(records).as("as many as there are in the larger folder").hasSize(3);
        for (Pictures record : records) {
            assertThat(record.latents()).extracting(Latents::share).containsExactly(1f, 0.5f);
            assertThat(record.examples()).isEqualTo(1);
            assertClose(
                    "the class's prompt",
                    record.latents().get(1).prompt().states(),
                    PARTS.floats("text.prompt_embeds", 1),
                    1e-5);
        }
    }

    @Test
    void areCutAndFlippedTheSameInEveryAttempt() throws IOException {
        Files.copy(PHOTO, subject.resolve("b.png"));
        List<Pictures> once = read(photos(Crop.RANDOM, Flip.RANDOM, null));
        assertThat(read(photos(Crop.RANDOM, Flip.RANDOM, null)))
                .usingRecursiveComparison()
                .isEqualTo(once);
        assertThat(once.get(0).latents().get(0).mean())
                .as("another square of the same photo")
                .isNotEqualTo(once.get(1).latents().get(0).mean());
    }

    private List<Pictures> read(Photos photos) throws IOException {
        List<Pictures> records = new ArrayList<>();
        try (RecordReader<Pictures> reader = PhotoRecords.open(photos, HADOOP)) {
            reader.read(
                    RecordFile.folder(HADOOP, new org.apache.hadoop.fs.Path(subject.toUri()), "data.train"),
                    records::add);
        }
        return records;
    }

    private static Photos photos(Crop crop, Flip flip, String prior) {
        return new Photos(
                PARTS.path("model").toString(),
                PARTS.told("prompts").path(0).asText(),
                new Framing(PARTS.told("resolution").asInt(), crop, flip),
                prior,
                prior == null ? null : PARTS.told("prompts").path(1).asText(),
                0.5f);
    }

    private static float[] unscaled(float[] values, float scale) {
        float[] unscaled = values.clone();
        for (int i = 0; i < unscaled.length; i++) {
            unscaled[i] /= scale;
        }
        return unscaled;
    }
}
