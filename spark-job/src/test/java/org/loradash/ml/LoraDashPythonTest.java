package org.loradash.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;

/** PySpark trains and says what Java does. */
class LoraDashPythonTest {
    @TempDir
    private Path directory;

    @Test
    void aPipelineFromPythonHasTheBitsOfOneFromJavaAndIsSavedAndLoaded() throws IOException, InterruptedException {
        String python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set (see package org.loradash.reference)");
        Path model = TextModel.in(directory);
        String adapter;
        try (SparkSession session = LoraDashClassifierTest.plainSession("local[2]")) {
            Dataset<Row> texts = TextModel.texts(session, 3);
            texts.write().parquet(directory.resolve("texts").toString());
            session.read()
                    .option("multiLine", true)
                    .json(Fixtures.path("arc-easy/train.json").toString())
                    .select("instruction", "output")
                    .limit(8)
                    .write()
                    .parquet(directory.resolve("questions").toString());
            Dataset<Row> indexed = new StringIndexer()
                    .setInputCol("about")
                    .setOutputCol("label")
                    .fit(texts)
                    .transform(texts);
            adapter = new LoraDashClassifier()
                    .setModelPath(model.toString())
                    .setRunsPath(directory.resolve("java").toString())
                    .setTextCol("sentence")
                    .setSettings(
                            "adapter.rank=4",
                            "adapter.alpha=8",
                            "adapter.targets=[query, value]",
                            "dash.directions=2",
                            "dash.pre-launch-steps=2",
                            "training.steps=4",
                            "training.local-steps=2",
                            "training.batch-size=8")
                    .fit(indexed)
                    .getRunPath();
        }
        run(python, model.toString(), directory.resolve("texts").toString());
        try (SparkSession session = LoraDashClassifierTest.plainSession("local[2]")) {
            assertThat(rows(session, "loaded")).hasSize(40).isEqualTo(rows(session, "fitted"));
            String run = session.read()
                    .parquet(directory.resolve("run").toString())
                    .head()
                    .getString(0);
            assertThat(weights(run)).hasSameBinaryContentAs(weights(adapter));
        }
    }

    private List<Row> rows(SparkSession session, String name) {
        return session.read()
                .parquet(directory.resolve(name).toString())
                .orderBy("id")
                .collectAsList();
    }

    private static Path weights(String run) {
        return Path.of(URI.create(run).getPath()).resolve("adapter/adapter_model.safetensors");
    }

    /** Spark of the Python's own, with this test's class path behind it. */
    private void run(String python, String model, String texts) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
        options.addAll(
                List.of("--conf", "spark.driver.host=localhost", "--conf", "spark.driver.bindAddress=127.0.0.1"));
        options.addAll(List.of("--conf", "spark.driver.extraClassPath=" + System.getProperty("java.class.path")));
        options.addAll(List.of("--driver-java-options", "--add-modules=jdk.incubator.vector"));
        options.add("pyspark-shell");
        List<String> command = List.of(
                python,
                Path.of("src/test/python/lora_dash_check.py").toAbsolutePath().toString(),
                model,
                texts,
                Fixtures.path("tiny-llama/model").toString(),
                directory.resolve("questions").toString(),
                directory.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYSPARK_SUBMIT_ARGS", String.join(" ", options));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment()
                .put("PYTHONPATH", Path.of("src/main/python").toAbsolutePath().toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
