package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Differences;
import org.loradash.FaultyFiles;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.guest.Point;
import org.loradash.guest.RegressorReference;
import org.loradash.model.ModelDirectory;
import org.loradash.model.WholeTensor;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;

/**
 * A model and a task that the product does not know ({@link org.loradash.guest}) go through the whole job as its own do, and
 * come out as double precision has them.
 */
class HouseGuestTest {
    private static final RegressorReference.Recipe RECIPE =
            new RegressorReference.Recipe(2, 2, 2, 6, 2, 3, 2, 12, 2e-2, 5e-2, 0.1, 3);
    private static final long SEED = 42;
    private static final List<String> LAYERS = List.of("encoder.dense", "block.up.0", "block.down", "narrow.dense");
    private static final List<int[]> SHAPES =
            List.of(new int[] {8, 6}, new int[] {10, 8}, new int[] {8, 5}, new int[] {3, 8});

    @TempDir
    private static Path temporary;

    private static TrainedRun whole;
    private static RegressorReference reference;

    @BeforeAll
    static void train() throws IOException {
        Random random = new Random(7);
        List<double[][]> weights = new ArrayList<>();
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < LAYERS.size(); i++) {
            float[] values = normal(random, SHAPES.get(i)[0] * SHAPES.get(i)[1], 0.5f, 0);
            weights.add(matrix(values, SHAPES.get(i)[0], SHAPES.get(i)[1]));
            tensors.add(NamedTensor.of(LAYERS.get(i) + ".weight", values, SHAPES.get(i)[0], SHAPES.get(i)[1]));
        }
        float[] norm = normal(random, 8, 0.2f, 1);
        tensors.add(NamedTensor.of("narrow.norm.weight", norm, 8));
        Path model = Files.createDirectory(temporary.resolve("model"));
        Files.writeString(
                model.resolve("config.json"),
                """
                {"architectures": ["SkippingRegressor"], "inputs": 6, "hidden": 8, "inner": 5, "narrow": 3}
                """);
        try (OutputStream out = Files.newOutputStream(model.resolve("model.safetensors"))) {
            SafetensorsWriter.write(out, Map.of("format", "pt"), tensors);
        }
        List<Point> points = points(random);
        whole = trained("whole", "local[2]");
        reference = new RegressorReference(weights, doubles(norm), start(model), points, RECIPE);
        reference.train();
    }

    private static List<Point> points(Random random) throws IOException {
        List<Point> points = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            float[] x = normal(random, 6, 1, 0);
            float y = x[0] * x[1] - 0.5f * x[2] + 1;
            points.add(new Point(x, y));
            lines.add("{\"x\": %s, \"y\": %s}".formatted(Arrays.toString(x), y));
        }
        Files.write(temporary.resolve("points.jsonl"), lines);
        return points;
    }

    /** Everything trainable at step 0. */
    private static float[] start(Path model) throws IOException {
        try (ModelDirectory directory = ModelDirectory.open(new Configuration(), model.toString())) {
            Adapter adapter = new Adapter("lora", RECIPE.rank(), RECIPE.scale(), directory.targets(), Map.of())
                    .withModules(directory.shape().modules());
            float[] start = Arrays.copyOf(adapter.start(SEED), adapter.parameters());
            for (int i = 0; i < adapter.wholeTensors().size(); i++) {
                WholeTensor tensor = adapter.wholeTensors().get(i);
                float[] values = directory.shape().start(tensor, null, Adapter.random(SEED, tensor.name()));
                System.arraycopy(values, 0, start, adapter.wholeRanges().get(i).from(), values.length);
            }
            return start;
        }
    }

    @Test
    void isTrainedAsDoublePrecisionHasIt() throws IOException {
        List<JsonNode> steps = whole.events("step");
        assertThat(steps).hasSize(RECIPE.steps() * RECIPE.workers());
        for (JsonNode step : steps) {
            int number = step.get("step").asInt();
            double expected = reference.losses().get(number)[step.get("worker").asInt()];
            assertThat(step.get("loss").asDouble())
                    .as(
                            "loss of step %d of worker %d",
                            number, step.get("worker").asInt())
                    .isCloseTo(expected, within(1e-5 * Math.max(1, expected)));
        }
        double first = reference.losses().get(0)[0];
        double last = reference.losses().get(RECIPE.steps() - 1)[0];
        assertThat(last).as("it learns").isLessThan(first);
    }

    @Test
    void choosesTheDirectionsThatDoublePrecisionChooses() {
        try (TensorFile boundary = whole.boundary()) {
            for (int i = 0; i < LAYERS.size(); i++) {
                assertThat(boundary.readLongs(LAYERS.get(i) + ".directions"))
                        .as(LAYERS.get(i))
                        .containsExactly(reference.directions(i));
            }
        }
    }

    @Test
    void isExportedWithTheModuleThatWasTrainedWhole() throws IOException {
        JsonNode config = Fixtures.json(whole.directory().resolve("adapter/adapter_config.json"));
        assertThat(config.get("modules_to_save")).map(JsonNode::asText).containsExactly("head.score");
        assertThat(config.get("target_modules"))
                .map(JsonNode::asText)
                .containsExactlyInAnyOrder("encoder.dense", "up.0", "down", "narrow.dense");
        assertThat(config.get("task_type").isNull()).isTrue();
        try (TensorFile adapter = whole.adapter()) {
            for (int i = 0; i < LAYERS.size(); i++) {
                float[] a = adapter.readFloats("base_model.model." + LAYERS.get(i) + ".lora_A.weight");
                float[] b = adapter.readFloats("base_model.model." + LAYERS.get(i) + ".lora_B.weight");
                Differences.assertClose(LAYERS.get(i), product(b, a, SHAPES.get(i)[0]), reference.change(i), 1e-5);
            }
            float[] score = new float[12];
            System.arraycopy(adapter.readFloats("base_model.model.head.score.weight"), 0, score, 0, 3);
            System.arraycopy(adapter.readFloats("base_model.model.head.score.skip"), 0, score, 3, 8);
            System.arraycopy(adapter.readFloats("base_model.model.head.score.bias"), 0, score, 11, 1);
            Differences.assertClose("score", score, reference.score(), 1e-5);
        }
    }

    @Test
    void countsItsWorkInItsOwnUnits() throws IOException {
        String step = whole.steps().get(0);
        assertThat(step).contains("\"examples\":2").doesNotContain("token");
        assertThat(Files.readString(whole.directory().resolve("report.html")))
                .contains("Examples per second of each round")
                .doesNotContain("okens/s");
    }

    @Test
    void leavesTheSameBytesOnOneCore() throws IOException {
        trained("one", "local[1]").checkLike(whole);
    }

    @Test
    void leavesTheSameBytesAfterKillsAtTheBoundaryAndAtTheExport() throws Exception {
        TrainedRun run = new TrainedRun(temporary.resolve("killed"));
        Path log = temporary.resolve("killed.log");
        Path configuration =
                Files.writeString(temporary.resolve("killed.conf"), text("faulty://" + run.directory(), "local[2]"));
        for (String operation : List.of("write:boundary.safetensors", "write:adapter_model.safetensors")) {
            Path reached = temporary.resolve(operation.replace(':', '-'));
            Process driver = TrainProcess.start(configuration, log, FaultyFiles.hangAt(operation, reached));
            try {
                await().atMost(Duration.ofMinutes(5)).until(() -> !driver.isAlive() || Files.exists(reached));
                assertThat(driver.isAlive()).as(() -> read(log)).isTrue();
            } finally {
                driver.destroyForcibly().onExit().join();
            }
        }
        assertThat(TrainProcess.start(configuration, log, List.of()).waitFor())
                .as(() -> read(log))
                .isZero();
        run.checkLike(whole);
    }

    private static TrainedRun trained(String name, String master) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name));
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve(name + ".conf"), text(run.directory().toString(), master));
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return run;
    }

    private static String text(String output, String master) {
        return """
                run { output = "%s", claim-seconds = 1 }
                model.path = "%s"
                task.kind = vector-regression
                data { train = "%s", shuffle = false }
                adapter { rank = 2, alpha = 4, targets = all-linear }
                dash { pre-launch-steps = 6, directions = 2, coordinate-learning-rate = 5e-2, cache = "%s" }
                training {
                  workers = 2, local-steps = 3, batch-size = 2, steps = 12, learning-rate = 2e-2, weight-decay = 0.1
                  gradient-clipping = 3, seed = 42, slice-tokens = 1
                }
                """
                        .formatted(
                                output,
                                temporary.resolve("model"),
                                temporary.resolve("points.jsonl"),
                                temporary.resolve("decompositions"))
                + TrainCommandLine.SPARK
                + "spark.master = \"" + master + "\"\nspark.hadoop.fs.faulty.impl = \"" + FaultyFiles.class.getName()
                + "\"\n";
    }

    private static float[] normal(Random random, int count, float scale, float mean) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = mean + scale * (float) random.nextGaussian();
        }
        return values;
    }

    private static double[][] matrix(float[] values, int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (int i = 0; i < values.length; i++) {
            matrix[i / columns][i % columns] = values[i];
        }
        return matrix;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static float[] product(float[] b, float[] a, int rows) {
        int rank = b.length / rows;
        int columns = a.length / rank;
        float[] product = new float[rows * columns];
        for (int i = 0; i < product.length; i++) {
            double sum = 0;
            for (int k = 0; k < rank; k++) {
                sum += (double) b[i / columns * rank + k] * a[k * columns + i % columns];
            }
            product[i] = (float) sum;
        }
        return product;
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
