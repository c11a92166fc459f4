package org.loradash.task.denoising;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.PeftStart;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.data.RecordFile;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.TargetNames;
import org.loradash.model.diffusion.UnetShape;
import org.loradash.task.Task;
import org.loradash.train.StepMemory;
import org.loradash.train.TaskObjective;
import org.loradash.tsd.io.TensorFile;

/** The first step's loss and gradients of a U-Net are the float64 oracle's, however they are computed. */
class FirstGradientsOfUnetTest {
    private static final Configuration HADOOP = new Configuration();
    private static final JsonNode EXPECTED = Fixtures.json(Fixtures.path("golden/sdxl-tiny/expected.json"));
    private static final Task.Slicing SLICING = new Task.Slicing(512, true);

    @TempDir
    private java.nio.file.Path temporary;

    @Test
    void equalTheOraclesOnAnyThreadsWithBlocksKeptAndMadeAgain() throws IOException {
        float[] kept = gradient(1, BlockValues.KEPT);
        assertThat(gradient(2, BlockValues.KEPT)).isEqualTo(kept);
        assertThat(gradient(2, BlockValues.RECOMPUTED)).isEqualTo(kept);
    }

    @Test
    void takeTheMemoryThatShapesAloneTell() throws IOException {
        try (ModelDirectory files = ModelDirectory.open(HADOOP, directory("model"))) {
            Adapter adapter = adapter(files);
            Denoised task = task(UnetShape.of(files.shape()));
            for (BlockValues values : List.of(BlockValues.KEPT, BlockValues.RECOMPUTED)) {
                Arena arena = StepMemory.arena(
                        task,
                        files.shape().withoutMemory(Storage.FLOAT32),
                        adapter,
                        adapter.rank(),
                        new TaskObjective.Options(0, 1, SLICING, values),
                        task.largestSlice(2, SLICING));
                assertThat(arena.bytesAtMost()).as("%s", values).isPositive();
            }
        }
    }

    private float[] gradient(int threads, BlockValues values) throws IOException {
        try (ModelDirectory files = ModelDirectory.open(HADOOP, directory("model"))) {
            Adapter adapter = adapter(files);
            float[] start = PeftStart.read(
                            Fixtures.localFiles(), Fixtures.hadoopPath("golden/sdxl-tiny/initial"), adapter, 0)
                    .factors();
            Denoised task = task(UnetShape.of(files.shape()));
            Pictures batch = task.batch(
                    records(task).subList(0, EXPECTED.at("/settings/batch").asInt()));
            Tensor gradient = Tensor.zeros(1, start.length);
            try (TaskObjective<Pictures> objective = new TaskObjective<>(
                    task,
                    files.load(Storage.FLOAT32),
                    adapter,
                    new TaskObjective.Options(0, threads, SLICING, values),
                    KernelProvider.best())) {
                double oracle = EXPECTED.at("/losses/0/0/0").asDouble();
                assertThat(objective.lossAndGradient(batch, Tensor.of(1, start.length, start), gradient, 1))
                        .isCloseTo(oracle, within(1e-5 * oracle));
                assertThat(objective
                                .measure(batch, Tensor.of(1, start.length, start))
                                .loss())
                        .as("the sum over the batch's pictures, which is the same without a gradient")
                        .isCloseTo(2 * oracle, within(2e-5 * oracle));
            }
            check(adapter, gradient.toArray());
            return gradient.toArray();
        }
    }

    private static void check(Adapter adapter, float[] ours) {
        try (TensorFile gradients = TensorFile.open(
                Fixtures.localFiles(), Fixtures.hadoopPath("golden/sdxl-tiny/first_grads.safetensors"))) {
            for (int i = 0; i < adapter.targets().size(); i++) {
                Target target = adapter.targets().get(i);
                int from = adapter.factorRanges().get(i).from();
                int ofA = adapter.rank() * target.inputs();
                assertNear(target.name() + ".A", ours, from, gradients.readFloats(target.name() + ".A"));
                assertNear(target.name() + ".B", ours, from + ofA, gradients.readFloats(target.name() + ".B"));
            }
        }
    }

    private static void assertNear(String name, float[] ours, int from, float[] oracles) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < oracles.length; i++) {
            difference += Math.pow(ours[from + i] - oracles[i], 2);
            norm += Math.pow(oracles[i], 2);
        }
        assertThat(Math.sqrt(difference))
                .as("distance from the oracle's gradient of %s, of norm %g", name, Math.sqrt(norm))
                .isLessThanOrEqualTo(1e-4 * Math.sqrt(norm) + 1e-9);
    }

    private static Adapter adapter(ModelDirectory files) {
        List<String> kinds =
                Arrays.asList(EXPECTED.at("/settings/targets").asText().split(","));
        int rank = EXPECTED.at("/settings/rank").asInt();
        return new Adapter(
                "lora",
                rank,
                EXPECTED.at("/settings/alpha").asDouble() / rank,
                TargetNames.select(kinds, files.targets()),
                Map.of());
    }

    private Denoised task(UnetShape shape) throws IOException {
        java.nio.file.Path configuration = Files.writeString(
                temporary.resolve("latents.conf"),
                "run.output = out, model.path = \"%s\", training.steps = 1, dash.pre-launch-steps = 1\n"
                                .formatted(directory("model"))
                        + "task.kind = denoising, data { train = a, format = latents }\n");
        Settings settings = new SettingsReader(HADOOP).read(configuration.toString(), List.of());
        return Denoised.of(settings, shape, HADOOP);
    }

    private static List<Pictures> records(Denoised task) throws IOException {
        List<Pictures> records = new ArrayList<>();
        RecordFile file = RecordFile.of(HADOOP, new Path(directory("data.safetensors")), "data.train");
        task.reader(HADOOP).read(file, records::add);
        return records;
    }

    private static String directory(String name) {
        return Fixtures.path("golden/sdxl-tiny/" + name).toString();
    }
}
