package org.loradash.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.ChildJava;
import org.loradash.spark.application.LocalSpark;

/** Texts of a dataset get classes, in somebody's own Spark session. */
class LoraDashClassifierTest {
    @TempDir
    private Path directory;

    private Path model;
    private SparkSession session;

    @BeforeEach
    void start() throws IOException {
        model = TextModel.in(directory);
        session = plainSession("local[2]");
    }

    @AfterEach
    void stop() {
        session.stop();
    }

    /** As a user's own: with Java's serialiser, and without the job's properties. */
    static SparkSession plainSession(String master) {
        return SparkSession.builder()
                .master(master)
                .appName("somebody's")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "3")
                .getOrCreate();
    }

    private LoraDashClassifier classifier() {
        return new LoraDashClassifier()
                .setModelPath(model.toString())
                .setRunsPath(directory.resolve("runs").toString())
                .setTextCol("sentence")
                .setLabelCol("about")
                .setSettings(
                        "adapter.rank=4",
                        "adapter.alpha=8",
                        "dash.directions=2",
                        "dash.pre-launch-steps=4",
                        "adapter.targets=[query, value, output.dense]",
                        "training.steps=10",
                        "training.local-steps=2",
                        "training.batch-size=8",
                        "training.learning-rate=0.01",
                        "data.cutoff=24");
    }

    @Test
    void learnsTheClassesThatRowsHaveAndSaysThemWithTheirProbabilities() {
        Dataset<Row> texts = TextModel.texts(session, 3);
        LoraDashClassifierModel fitted = classifier().fit(texts);

        Dataset<Row> said = fitted.transform(texts);
        assertThat(said.schema()).isEqualTo(fitted.transformSchema(texts.schema()));
        List<Row> rows = said.orderBy("id").collectAsList();
        assertThat(rows).hasSize(40);
        for (Row row : rows) {
            Vector probabilities = row.getAs("probability");
            String predicted = row.getAs("prediction");
            assertThat(probabilities.size()).isEqualTo(2);
            assertThat(probabilities.apply(0) + probabilities.apply(1)).isCloseTo(1, within(1e-6));
            assertThat(predicted).isEqualTo(probabilities.argmax() == 0 ? "soil" : "water");
        }
        long right = rows.stream()
                .filter(row -> row.getAs("prediction").equals(row.getAs("about")))
                .count();
        assertThat(right).as("texts of which the class is right").isGreaterThan(36);
    }

    @Test
    void theSameRowsInOtherPartitionsAndWithAnotherSerialiserGiveTheSameBits() throws IOException {
        LoraDashClassifierModel fitted = classifier().fit(TextModel.texts(session, 3));
        byte[] adapter = Files.readAllBytes(adapter(fitted));
        session.stop();
        session = SparkSession.builder().config(LocalSpark.strict("local[1]")).getOrCreate();
        LoraDashClassifierModel again =
                classifier().setRunsPath(directory.resolve("others").toString()).fit(TextModel.texts(session, 1));
        assertThat(Files.readAllBytes(adapter(again))).isEqualTo(adapter);
    }

    @Test
    void aFitThatIsRepeatedFindsItsRunAndOneOfOtherRowsHasAnother() throws IOException {
        Dataset<Row> texts = TextModel.texts(session, 2);
        LoraDashClassifierModel first = classifier().fit(texts);
        var written = Files.getLastModifiedTime(adapter(first));
        LoraDashClassifierModel repeated = classifier().fit(TextModel.texts(session, 5));
        assertThat(repeated.getRunPath()).isEqualTo(first.getRunPath());
        assertThat(Files.getLastModifiedTime(adapter(repeated))).isEqualTo(written);
        LoraDashClassifierModel other = classifier().fit(texts.where("id < 30"));
        assertThat(other.getRunPath()).isNotEqualTo(first.getRunPath());
    }

    @Test
    void aPipelineIsSavedAndSaysTheSameInAnotherProcess() throws IOException, InterruptedException {
        Dataset<Row> texts = TextModel.texts(session, 2);
        StringIndexer indexer = new StringIndexer().setInputCol("about").setOutputCol("label");
        PipelineModel fitted = new Pipeline()
                .setStages(new PipelineStage[] {indexer, classifier().setLabelCol("label")})
                .fit(texts);
        List<Row> said = fitted.transform(texts).orderBy("id").collectAsList();
        assertThat(said.get(0).<Object>getAs("prediction"))
                .as("a number, as its label is one")
                .isInstanceOf(Double.class);
        Path saved = directory.resolve("saved");
        fitted.write().save(saved.toString());
        Path input = directory.resolve("texts.parquet");
        texts.write().parquet(input.toString());
        // The run itself is needed no more.
        try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
            Files.move(runs.findFirst().orElseThrow(), directory.resolve("elsewhere"));
        }

        Path output = directory.resolve("said.parquet");
        ChildJava.Ended ended =
                ChildJava.run(Another.class, List.of(), saved.toString(), input.toString(), output.toString());
        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(session.read().parquet(output.toString()).orderBy("id").collectAsList())
                .isEqualTo(said);
    }

    /** A process that knows nothing but where the pipeline is. */
    static final class Another {
        public static void main(String... arguments) {
            SparkSession session = plainSession("local[1]");
            PipelineModel loaded = PipelineModel.load(arguments[0]);
            loaded.transform(session.read().parquet(arguments[1])).write().parquet(arguments[2]);
            session.stop();
        }
    }

    @Test
    void anEstimatorIsSavedWithItsParams() throws IOException {
        Path saved = directory.resolve("estimator");
        classifier().setLabels("soil", "water").write().save(saved.toString());
        LoraDashClassifier loaded = LoraDashClassifier.load(saved.toString());
        assertThat(loaded.getSettings()).isEqualTo(classifier().getSettings());
        assertThat(loaded.getLabels()).containsExactly("soil", "water");
        assertThat(loaded.explainParams()).contains("textCol: the column of texts (default: text, current: sentence)");
    }

    @Test
    void namesOfColumnsAreTakenAsTheyAreWritten() {
        Dataset<Row> texts = TextModel.texts(session, 2);
        Dataset<Row> dotted = texts.toDF("id", "the.sentence", "about`it");
        List<Row> said = classifier().fit(texts).transform(texts).orderBy("id").collectAsList();
        LoraDashClassifierModel model =
                classifier().setTextCol("the.sentence").setLabelCol("about`it").fit(dotted);
        assertThat(model.transform(dotted).orderBy("id").collectAsList()).isEqualTo(said);
    }

    @Test
    void refusesWhatDoesNotFitInOneLine() {
        Dataset<Row> texts = TextModel.texts(session, 1);
        assertThatThrownBy(() -> classifier().setTextCol("body").fit(texts))
                .hasMessage("no column body (there are id, sentence, about)");
        assertThatThrownBy(() -> classifier().setLabelCol("class").fit(texts))
                .hasMessage("no column class (there are id, sentence, about)");
        assertThatThrownBy(() -> classifier().setPredictionCol("id").fit(texts))
                .hasMessage("the column id is there already");
        assertThatThrownBy(() -> classifier().setSettings("training.step=3").fit(texts))
                .hasMessageStartingWith("--set: training.step: unknown key");
        assertThatThrownBy(() -> classifier().setSettings("data.train=x").fit(texts))
                .hasMessage("settings: data.train (must be absent: params say it)");
        assertThatThrownBy(() -> classifier().fit(texts.where("about = 'soil'")))
                .hasMessage("labelCol: 1 classes (must have from 2 to 10000)");
        assertThat(directory.resolve("runs")).doesNotExist();
    }

    private static Path adapter(LoraDashClassifierModel fitted) {
        return Path.of(java.net.URI.create(fitted.getRunPath()).getPath()).resolve("adapter/adapter_model.safetensors");
    }
}
