package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.model.ModelDirectory;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.io.TensorFile;

/** What full fine-tuning leaves is a model, with the same bits after any interruption. */
class FullFineTuningTest {
    private static final Path MODEL = Fixtures.path("golden/llama-tiny/model");

    @TempDir
    private static Path temporary;

    private static TrainedRun whole;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        whole = new TrainedRun(temporary.resolve("whole"));
        train(whole, MODEL);
        assertThat(whole.events("boundary")).hasSize(1);
        assertThat(whole.events("tracked")).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void goesOnFromAnyCheckpoint(int checkpoints) throws IOException {
        TrainedRun stopped = whole.stoppedCopy(temporary.resolve("stopped-" + checkpoints), checkpoints);
        train(stopped, MODEL);
        assertThat(stopped.steps()).isEqualTo(whole.steps());
        assertThat(files(stopped, "model")).isEqualTo(files(whole, "model"));
        assertThat(files(stopped, "tsd")).isEqualTo(files(whole, "tsd"));
    }

    @Test
    void theModelHasTheLossThatItWasTrainedTo() throws IOException {
        Path records = temporary.resolve("records.jsonl");
        Files.write(
                records,
                Files.readAllLines(Fixtures.path("golden/llama-tiny/data.jsonl"))
                        .subList(0, 8));
        String[] oneWorker = {
            "data.train=" + records, "training.workers=1", "training.schedule=constant", "dash.track-every=0"
        };
        TrainedRun further = new TrainedRun(temporary.resolve("further"));
        train(further, MODEL, with(oneWorker, "training.steps=17"));
        TrainedRun first = new TrainedRun(temporary.resolve("first"));
        train(first, MODEL, with(oneWorker, "training.steps=16"));
        assertThat(first.events("boundary")).hasSize(1);

        TrainedRun again = new TrainedRun(temporary.resolve("again"));
        Path trained = first.directory().resolve("model");
        train(again, trained, with(oneWorker, "training.steps=1", "adapter.method=lora", "adapter.rank=4"));
        double expected = loss(further, 16);
        assertThat(loss(again, 0))
                .as("of the same two records by the model that 16 steps made")
                .isCloseTo(expected, within(1e-5));
        assertThat(expected).isLessThan(loss(further, 0) - 0.05);
    }

    private static double loss(TrainedRun run, int step) throws IOException {
        return run.events("step").get(step).get("loss").asDouble();
    }

    @Test
    void everyTensorAndFileOfTheModelIsThereInItsOwnType() throws IOException {
        Path base = Fixtures.path("tiny-llama/model");
        TrainedRun run = new TrainedRun(temporary.resolve("bfloat16"));
        train(
                run,
                base,
                "training.steps=2",
                "training.learning-rate=0.01",
                "training.warmup-steps=0",
                "model.storage=bfloat16",
                "dash.on=false",
                "adapter.targets=o_proj");
        Path model = run.directory().resolve("model");
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            assertThat(model.resolve(name)).hasSameBinaryContentAs(base.resolve(name));
        }
        try (ModelDirectory ours = ModelDirectory.open(new Configuration(), model.toString());
                ModelDirectory theirs = ModelDirectory.open(new Configuration(), base.toString())) {
            TensorDirectory tensors = ours.weights();
            assertThat(tensors.names())
                    .containsExactlyInAnyOrderElementsOf(theirs.weights().names());
            for (String name : tensors.names()) {
                assertThat(tensors.tensor(name).type())
                        .isEqualTo(theirs.weights().tensor(name).type());
                boolean same = java.util.Arrays.equals(
                        tensors.readFloats(name), theirs.weights().readFloats(name));
                assertThat(same).as(name).isEqualTo(!name.contains(".o_proj."));
            }
        }
        try (TensorFile file = TrainedRun.open(model.resolve("model.safetensors"))) {
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
        }
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.of(settings, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** Content of every file below a part of the run's directory, by name. */
    private static Map<String, List<Byte>> files(TrainedRun run, String part) throws IOException {
        Map<String, List<Byte>> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run.directory().resolve(part))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                List<Byte> bytes = new java.util.ArrayList<>();
                for (byte one : Files.readAllBytes(file)) {
                    bytes.add(one);
                }
                contents.put(run.directory().relativize(file).toString(), bytes);
            }
        }
        return contents;
    }

    private static void train(TrainedRun run, Path model, String... settings) throws IOException {
        Path file = temporary.resolve(run.directory().getFileName() + ".conf");
        String text = Golden.named("full").configuration(run.directory().toString())
                + """
                model.path = "%s"
                adapter.rank = 1000
                dash { pre-launch-steps = 4, track-every = 2, cache = "%s" }
                checkpoint { every-rounds = 1, keep = 100 }
                training { workers = 2, local-steps = 2, batch-size = 2, steps = 8 }
                """
                        .formatted(model, temporary.resolve("decompositions"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(file, text, settings);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
