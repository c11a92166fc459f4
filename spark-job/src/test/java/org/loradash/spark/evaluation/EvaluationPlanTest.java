package org.loradash.spark.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.SettingsText;
import org.loradash.run.RunDirectory;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.tsd.InvalidInput;

class EvaluationPlanTest {
    private static final Configuration HADOOP = new Configuration();
    private static final Path MODEL = Fixtures.path("tiny-llama/model");

    @TempDir
    private Path directory;

    private Path run;
    private Path questions;

    @BeforeEach
    void writeQuestions() throws IOException {
        run = directory.resolve("run");
        questions = Files.createDirectory(directory.resolve("ARC-Easy")).resolve("test.json");
        Files.copy(Fixtures.path("arc-easy/held-out.jsonl"), questions);
    }

    @Test
    void takesTheModelOfAFullyFineTunedRun() throws IOException {
        Settings settings = settings("full");
        begin(settings);
        assertThatThrownBy(() -> plan(new Subject.Run()))
                .as("a run that has not ended")
                .isInstanceOf(InvalidInput.class)
                .hasMessage("run.output: " + run
                        + " (must be the directory of a run that has ended; or give --adapter DIRECTORY or --base)");
        Files.createDirectory(run.resolve("model"));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, run.resolve("model").resolve(file.getFileName()));
            }
        }
        Files.createFile(run.resolve("_SUCCESS"));
        EvaluationPlan plan = plan(new Subject.Run());
        assertThat(plan.model().path()).isEqualTo("file:" + run + "/model");
        assertThat(plan.adapter()).isEmpty();
        assertThat(plan.examination()).isInstanceOfSatisfying(QuestionExamination.class, asked -> assertThat(
                        asked.sets().get(0).all())
                .hasSize(64));
    }

    @Test
    void takesTheAdapterOfARunAndTheHashOfItsModel() throws IOException {
        Settings settings = settings("lora");
        begin(settings);
        Files.createFile(run.resolve("_SUCCESS"));
        assertThatThrownBy(() -> plan(new Subject.Run()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("run.output: file:" + run
                        + "/adapter (must be a PEFT adapter's directory; it has no adapter_config.json)");
        assertThat(plan(new Subject.Base()).adapter()).isEmpty();
    }

    @Test
    void refusesAnAdapterOfAnotherModel() {
        settings("lora");
        String other = Fixtures.path("golden/lora/final").toString();
        assertThatThrownBy(() -> plan(new Subject.Adapter(other)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("adapter_model.safetensors")
                .hasMessageContaining("for the config's r and the base model");
    }

    @Test
    void aRunMayBeginWhereItsBaseModelHasBeenEvaluated() throws IOException {
        Files.createDirectories(run.resolve("evaluation/base"));
        RunDirectory directoryOfRun = RunDirectory.of(HADOOP, run.toString());
        assertThat(directoryOfRun.isRun()).isFalse();
        assertThat(directoryOfRun.evaluation().toString()).isEqualTo("file:" + run + "/evaluation");
    }

    /** Executors have working directories of their own. */
    @Test
    void tasksAreGivenWholePathsOfAModelWhosePathIsRelative() {
        settings("lora");
        String relative =
                Path.of("").toAbsolutePath().relativize(MODEL.toAbsolutePath()).toString();
        EvaluationPlan plan = plan(new Subject.Base(), "model.path=" + relative);
        assertThat(plan.model().path()).startsWith("file:/");
        assertThat(plan.weights()).isNotEmpty().allMatch(org.apache.hadoop.fs.Path::isAbsolute, "is a whole path");
    }

    /** With the settings that were written last, and others before them. */
    private EvaluationPlan plan(Subject subject, String... others) {
        String file = directory.resolve("a.conf").toString();
        return EvaluationPlan.check(
                new SettingsReader(HADOOP).readForEvaluation(file, List.of(others)), subject, HADOOP);
    }

    /** As a run leaves its directory when it begins. */
    private void begin(Settings settings) throws IOException {
        Files.createDirectories(run);
        Files.writeString(run.resolve("resolved.conf"), SettingsText.of(settings, Map.of()));
    }

    private Settings settings(String method) {
        try {
            Path file = Files.writeString(
                    directory.resolve("a.conf"),
                    """
                    run.output = "%s"
                    model.path = "%s"
                    data.train = train.json
                    training.steps = 1
                    adapter.method = %s
                    evaluation.data = "%s"
                    """
                            .formatted(run, MODEL, method, questions));
            return new SettingsReader(HADOOP).read(file.toString(), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
