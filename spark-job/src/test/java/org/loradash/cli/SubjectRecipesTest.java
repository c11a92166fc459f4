package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.TrainingSettings;

/** The recipe in conf/dreambooth for SDXL is the article's experiment, and `plan` tells what docs/dreambooth.md says. */
class SubjectRecipesTest {
    private static final String FILE =
            Path.of("..", "conf", "dreambooth", "sdxl.conf").toString();

    @Test
    void isTheArticlesExperiment() {
        Settings settings = new SettingsReader(new Configuration()).read(FILE, List.of());
        assertThat(settings.task().denoising().resolution()).isEqualTo(1024);
        assertThat(settings.adapter().rank()).isEqualTo(4);
        assertThat(settings.dash().preLaunchSteps()).contains(100);
        TrainingSettings training = settings.training();
        assertThat(training.averaging()).isEqualTo(TrainingSettings.Averaging.GRADIENTS);
        assertThat(training.workers() * training.batchSize())
                .as("pictures of a step")
                .isEqualTo(4);
        assertThat(training.length()).isEqualTo(new TrainingSettings.Length.Steps(500));
        assertThat(training.learningRate()).isEqualTo(1e-4);
        assertThat(training.schedule()).isEqualTo(TrainingSettings.Schedule.CONSTANT);
    }

    /** 70 transformer blocks of two attentions with four projections each. */
    @Test
    void fitsIntoWhatItAsksTheClusterFor() throws IOException, InterruptedException {
        RecipePlans.Recipe recipe = new RecipePlans.Recipe(FILE, Fixtures.path("models/sdxl"), List.of());
        List<String> lines = RecipePlans.make(List.of(recipe)).of(recipe);
        assertThat(lines)
                .contains("status 0", "targets    to_q, to_k, to_v, to_out.0")
                .anyMatch(line -> line.contains("560 targets, rank 4, 5,806,080 trainable parameters"))
                .noneMatch(line -> line.contains("memoryOverhead should be"));
    }

    /** Text encoders and VAE, of which only one is there at a time, lie beside the U-Net while it shows pictures. */
    @Test
    void picturesOnTheWayTakeTheOtherModelsMemory() throws IOException, InterruptedException {
        RecipePlans.Recipe recipe = new RecipePlans.Recipe(
                FILE,
                Fixtures.path("models/sdxl"),
                List.of("task.samples.prompts=[dog]", "task.samples.every-rounds=50"));
        assertThat(RecipePlans.make(List.of(recipe)).of(recipe))
                .contains("status 0")
                .anyMatch(line -> line.contains(
                        "an executor needs 12.6 GiB outside the heap (weights 5.6 GiB, other models 4.9 GiB"));
    }
}
