package org.loradash.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.FaultyFiles;
import org.loradash.adapter.Directions;
import org.loradash.run.Checkpoints.Saved;
import org.loradash.train.BestState;
import org.loradash.train.Group;
import org.loradash.train.TrainingState;

/** The newest whole checkpoint is found, whatever happened to others, and nothing that fails takes one away. */
class CheckpointsTest {
    private static final int KEEP = 2;

    @TempDir
    private Path directory;

    private FileSystem files;
    private Checkpoints checkpoints;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        FaultyFiles.fail(operation -> {});
        files = FaultyFiles.open();
        checkpoints = checkpoints(() -> {});
    }

    @AfterEach
    void heal() {
        FaultyFiles.heal();
    }

    @Test
    void holdAllThatARunGoesOnFrom() {
        float[] parameters = {1, Float.MIN_VALUE};
        TrainingState state =
                new TrainingState(3, 7, 84, GROUPS, 1L << 40, parameters, new float[] {2, 3}, new float[] {4, 5});
        Saved saved = new Saved(
                state,
                -42,
                Map.of("q", new Directions(new int[] {3, 1}, new float[] {1, 2, 3, 4}, new float[] {5, 6})),
                Map.of("q", new int[] {1, 3}),
                new BestState(5, 0.1 + 0.2, new float[] {9, 8, Float.MIN_VALUE}, 2));
        publish(saved);
        assertThat(newest()).usingRecursiveComparison().isEqualTo(saved);
    }

    private static final List<Group> GROUPS =
            List.of(new Group("factors", 1, 0, 0.1 + 0.2, true), new Group("coordinates", 1, 5, 0.3, false));

    @Test
    void areOnDiskBeforeTheyAreVisible() {
        publish(saved(1));
        List<String> done = FaultyFiles.done().stream()
                .filter(operation -> !operation.kind().equals("write"))
                .map(operation ->
                        operation.kind() + " " + operation.path().getName().replaceAll("\\.[0-9a-f]{32}\\.", "."))
                .toList();
        assertThat(done)
                .containsExactly(
                        "create .writing",
                        "sync .writing",
                        "delete step-000000001.safetensors",
                        "rename step-000000001.safetensors");
    }

    @Test
    void areKeptAsManyAsWanted() throws IOException {
        for (int step = 1; step <= 5; step++) {
            publish(saved(step));
        }
        assertThat(names()).containsExactly("step-000000004", "step-000000005");
    }

    @Test
    void damagedOnesOfLaterStepsGoAndDoNotCountAmongThoseKept() throws IOException {
        for (int step = 1; step <= 4; step++) {
            publish(saved(step), 10);
        }
        tear(4);
        tear(3);
        assertThat(newest().state().step()).isEqualTo(2);
        assertThat(warnings)
                .hasSize(2)
                .allMatch(line -> line.endsWith("torn or altered, passed over for the checkpoint before it"));
        publish(saved(3));
        assertThat(names()).containsExactly("step-000000002", "step-000000003");
        warnings.clear();
        assertThat(newest().state().step()).as("written over the torn one").isEqualTo(3);
        assertThat(warnings).isEmpty();
    }

    @Test
    void oneThatCannotBeReadIsPassedOver() {
        publish(saved(1));
        publish(saved(2));
        FaultyFiles.fail(operation -> {
            if (operation.is("open", "step-000000002")) {
                throw new IOException("Could not obtain block");
            }
        });
        assertThat(newest().state().step()).isEqualTo(1);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).contains("cannot be read (Could not obtain block), passed over");
    }

    @Test
    void areNotTakenForAbsentWhereNoneCanBeRead() {
        publish(saved(1));
        publish(saved(2));
        FaultyFiles.fail(operation -> {
            if (operation.is("open", "step-")) {
                throw new IOException("Could not obtain block");
            }
        });
        assertThatThrownBy(this::newest)
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage("Could not obtain block");
    }

    @Test
    void stayAsTheyWereWhereTheNextCannotBeWritten() throws IOException {
        publish(saved(1));
        for (String operation : List.of("create", "write", "sync")) {
            FaultyFiles.fail(now -> {
                if (now.kind().equals(operation)) {
                    throw new IOException("No space left on device");
                }
            });
            assertThatThrownBy(() -> checkpoints.write(saved(2)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("No space left on device");
            assertThat(names()).containsExactly("step-000000001");
            assertThat(directory.resolve(".writing")).doesNotExist();
        }
    }

    @Test
    void areNotPublishedByADriverThatHasLostItsClaim() throws IOException {
        Checkpoints.Written written = checkpoints.write(saved(1));
        Checkpoints lost = checkpoints(() -> {
            throw new ClaimLost("lost");
        });
        assertThatThrownBy(() -> lost.publish(written, KEEP)).isInstanceOf(ClaimLost.class);
        assertThatThrownBy(() -> lost.write(saved(2))).isInstanceOf(ClaimLost.class);
        assertThat(names()).isEmpty();
    }

    private Checkpoints checkpoints(Runnable claimed) {
        return new Checkpoints(files, FaultyFiles.path(directory), claimed);
    }

    private void publish(Saved saved) {
        publish(saved, KEEP);
    }

    private void publish(Saved saved, int keep) {
        checkpoints.publish(checkpoints.write(saved), keep);
    }

    private Saved newest() {
        return checkpoints.newest(warnings::add).orElseThrow();
    }

    private static Saved saved(int step) {
        float[] values = {step, 1, 2};
        TrainingState state = new TrainingState(
                step, step, 0, List.of(new Group("factors", values.length, 0, 0.1, true)), 0, values, values, values);
        return new Saved(state, 42, Map.of(), Map.of(), BestState.NONE);
    }

    private void tear(int step) throws IOException {
        Path file = all().stream()
                .filter(path -> path.getFileName().toString().startsWith("step-00000000" + step))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    }

    private List<String> names() throws IOException {
        return all().stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("step-"))
                .map(name -> name.substring(0, 14))
                .toList();
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.sorted().toList();
        }
    }
}
