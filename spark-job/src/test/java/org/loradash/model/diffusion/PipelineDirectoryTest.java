package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.tsd.InvalidInput;

class PipelineDirectoryTest {
    @Test
    void opensAPipelineOfDiffusers() {
        PipelineDirectory pipeline = PipelineParts.SMALL.pipeline();
        assertThat(pipeline.folder("vae").toString()).endsWith("golden/sdxl-tiny/model/vae");
        assertThat(pipeline.zerosForNoPrompt()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "StableDiffusionXLPipeline|StableDiffusionPipeline|_class_name: \"StableDiffusionPipeline\" (must be"
                        + " StableDiffusionXLPipeline)",
                "AutoencoderKL|AutoencoderTiny|vae: [\"diffusers\",\"AutoencoderTiny\"] (must name AutoencoderKL: another class"
                        + " is not computed)",
                "CLIPTextModelWithProjection|T5EncoderModel|text_encoder_2: [\"transformers\",\"T5EncoderModel\"] (must name"
                        + " CLIPTextModelWithProjection: another class is not computed)"
            })
    void refusesPartsOfOtherClasses(String own, String other, String message, @TempDir Path directory)
            throws IOException {
        String index = Files.readString(Fixtures.path("golden/sdxl-tiny/model/model_index.json"));
        Files.writeString(directory.resolve("model_index.json"), index.replace('"' + own + '"', '"' + other + '"'));
        assertThatThrownBy(() -> PipelineDirectory.open(new Configuration(), directory.toString()))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model_index.json: " + message);
    }
}
