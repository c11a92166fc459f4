package org.loradash.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.SettingsReader;
import org.loradash.config.TableSettings;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.evaluation.PredictionJob;
import org.loradash.spark.evaluation.PredictionRequest;
import org.loradash.spark.training.TrainingJob;

/** Prompts of a dataset get responses: what the command trains and says, from a session and in a column. */
class LoraDashGeneratorTest {
    private static final String[] SETTINGS = {
        "adapter.rank=4",
        "adapter.alpha=8",
        "adapter.targets=[q_proj, v_proj]",
        "dash.directions=2",
        "dash.pre-launch-steps=2",
        "training.steps=4",
        "training.local-steps=2",
        "training.batch-size=4",
        "evaluation.max-tokens=5"
    };

    @TempDir
    private Path directory;

    private SparkSession session;

    @BeforeEach
    void start() {
        session = LoraDashClassifierTest.plainSession("local[2]");
    }

    @AfterEach
    void stop() {
        session.stop();
    }

    private LoraDashGenerator generator() {
        return new LoraDashGenerator()
                .setModelPath(Fixtures.path("tiny-llama/model").toString())
                .setRunsPath(directory.resolve("runs").toString())
                .setPromptCol("instruction")
                .setResponseCol("output")
                .setSettings(SETTINGS);
    }

    private Dataset<Row> questions() {
        return session.read()
                .option("multiLine", true)
                .json(Fixtures.path("arc-easy/train.json").toString())
                .select("instruction", "output")
                .limit(24)
                .repartition(3);
    }

    @Test
    void trainsAndSaysWhatTheCommandDoes() throws IOException {
        Dataset<Row> questions = questions();
        LoraDashGeneratorModel fitted = generator().fit(questions);
        List<Row> said = fitted.transform(questions).orderBy("instruction").collectAsList();
        assertThat(said).hasSize(24).allSatisfy(row -> assertThat(row.<String>getAs("prediction"))
                .isNotNull());
        List<String> inOrder = questions
                .select(to_json(struct(col("instruction"), col("output"))).as("line"))
                .orderBy(sha2(col("line"), 256))
                .as(Encoders.STRING())
                .collectAsList();
        session.stop();

        Path records = Files.write(directory.resolve("records.jsonl"), inOrder);
        Path run = directory.resolve("run");
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        settings.addAll(List.of(
                "run.output=" + run,
                "model.path=" + Fixtures.path("tiny-llama/model"),
                "data.train=" + records,
                "spark.master=local[2]",
                "spark.ui.enabled=false"));
        SettingsReader reader = new SettingsReader(new Configuration());
        TrainingJob.run(reader.read(settings));
        assertThat(run.resolve("adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(Path.of(URI.create(fitted.getRunPath()).getPath())
                        .resolve("adapter/adapter_model.safetensors"));

        Path predicted = directory.resolve("predicted");
        PredictionJob.run(
                reader.readForEvaluation(run.resolve("resolved.conf").toString(), List.of("run.output=" + run)),
                new PredictionRequest(
                        new Subject.Run(),
                        records.toString(),
                        TableSettings.Source.AUTO,
                        predicted.toString(),
                        PredictionRequest.Format.PARQUET));
        session = LoraDashClassifierTest.plainSession("local[2]");
        assertThat(session.read()
                        .parquet(predicted.toString())
                        .select("instruction", "output", "predicted_text")
                        .orderBy("instruction")
                        .collectAsList())
                .extracting(Row::toSeq)
                .isEqualTo(said.stream().map(Row::toSeq).toList());
    }

    @Test
    void learnsConversations() {
        Dataset<Row> conversations = questions()
                .select(array(
                                struct(
                                        lit("user").as("role"),
                                        col("instruction").as("content")),
                                struct(
                                        lit("assistant").as("role"),
                                        col("output").as("content")))
                        .as("turns"));
        Path model = Fixtures.path("tiny-llama/model");
        LoraDashGenerator generator = generator().setMessagesCol("turns");
        assertThatThrownBy(() -> generator.fit(conversations))
                .as("a model without a template")
                .hasMessageContaining(model.toString())
                .hasMessageContaining("template");
    }
}
