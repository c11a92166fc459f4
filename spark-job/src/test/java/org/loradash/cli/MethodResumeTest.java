package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;

/**
 * An interrupted run of a method that starts from a part of W, with a boundary that comes by itself and tracked directions,
 * ends with the bits of one that was not.
 */
class MethodResumeTest {
    @TempDir
    private static Path temporary;

    private static TrainedRun whole;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        whole = new TrainedRun(temporary.resolve("whole"));
        train(whole);
        assertThat(whole.events("check").size()).isGreaterThan(2);
        assertThat(whole.events("boundary")).hasSize(1);
        assertThat(whole.checkpoints()).hasSize(whole.events("round").size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 7})
    void goesOnFromAnyCheckpoint(int checkpoints) throws IOException {
        TrainedRun stopped = whole.stoppedCopy(temporary.resolve("stopped-" + checkpoints), checkpoints);
        train(stopped);
        checkLikeWhole(stopped);
    }

    /** The signs of singular vectors are up to the machine that computes them; a run keeps those it began with. */
    @Test
    void goesOnFromTheTripletsThatItBeganWith() throws IOException {
        TrainedRun stopped =
                whole.stoppedCopy(temporary.resolve("kept"), whole.checkpoints().size() - 1);
        turnSigns();
        try {
            train(stopped);
        } finally {
            turnSigns();
        }
        checkLikeWhole(stopped);
    }

    @Test
    void refusesTripletsOfAnotherShape() throws IOException {
        TrainedRun stopped = whole.stoppedCopy(temporary.resolve("foreign"), 2);
        Files.copy(
                whole.directory().resolve("tsd/boundary.safetensors"),
                stopped.directory().resolve("tsd/start.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        TrainCommandLine.Ended ended = TrainCommandLine.train(temporary.resolve("foreign.conf"), text(stopped));
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.errors()).hasSize(1);
        assertThat(ended.errors().get(0))
                .contains("tsd/start.safetensors: no tensor model.layers.0.self_attn.q_proj.u ");
    }

    private static void turnSigns() throws IOException {
        try (Stream<Path> files = Files.walk(temporary.resolve("decompositions"))) {
            for (Path path : files.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList()) {
                List<NamedTensor> tensors = new ArrayList<>();
                try (TensorFile file = TrainedRun.open(path)) {
                    for (String name : file.tensors().keySet()) {
                        float[] values = file.readFloats(name);
                        for (int i = 0; i < values.length && !name.equals("sigma"); i++) {
                            values[i] = -values[i];
                        }
                        tensors.add(
                                NamedTensor.of(name, values, file.tensor(name).shape()));
                    }
                }
                Files.deleteIfExists(path.resolveSibling("." + path.getFileName() + ".crc"));
                try (OutputStream out = Files.newOutputStream(path)) {
                    SafetensorsWriter.write(out, Map.of(), tensors);
                }
            }
        }
    }

    private static void checkLikeWhole(TrainedRun run) throws IOException {
        assertThat(run.adapterBytes()).isEqualTo(whole.adapterBytes());
        assertThat(run.steps()).isEqualTo(whole.steps());
        for (String kind : List.of("check", "tracked", "boundary")) {
            assertThat(facts(run, kind)).isEqualTo(facts(whole, kind));
        }
        try (Stream<Path> files = Files.walk(whole.directory().resolve("tsd"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(run.directory().resolve(whole.directory().relativize(file)))
                        .hasSameBinaryContentAs(file);
            }
        }
    }

    /** Events without the time that they took. */
    private static List<String> facts(TrainedRun run, String kind) throws IOException {
        return run.events(kind).stream()
                .map(event -> event.toString().replaceAll("\"(\\w*seconds)\":[^,}]*", ""))
                .toList();
    }

    private static void train(TrainedRun run, String... settings) throws IOException {
        Path file = temporary.resolve(run.directory().getFileName() + ".conf");
        TrainCommandLine.Ended ended = TrainCommandLine.train(file, text(run), settings);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static String text(TrainedRun run) {
        return Golden.named("pissa").configuration(run.directory().toString())
                + """
                data.shuffle = true
                adapter.dropout = 0.1
                dash {
                  pre-launch-steps = auto, track-every = 3, cache = "%s"
                  auto { check-every = 2, overlap = 0.99, least-steps = 2, most-steps = 9 }
                }
                checkpoint { every-rounds = 1, keep = 100 }
                training { workers = 2, local-steps = 2, batch-size = 2, steps = 12 }
                """
                        .formatted(temporary.resolve("decompositions"));
    }
}
