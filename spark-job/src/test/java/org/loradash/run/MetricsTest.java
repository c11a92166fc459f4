package org.loradash.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.FaultyFiles;
import org.loradash.task.Units;

/** Lines that were added are there after a kill, but for a cut one, and no restart doubles or loses one. */
class MetricsTest {
    private static final Units UNITS = new Units("tokens", "labelled_tokens", "");

    @TempDir
    private Path directory;

    private Path file;
    private FileSystem files;

    @BeforeEach
    void open() throws IOException {
        FaultyFiles.fail(operation -> {});
        files = FaultyFiles.open();
        file = directory.resolve("metrics.jsonl");
    }

    @AfterEach
    void heal() {
        FaultyFiles.heal();
    }

    @Test
    void areThereBeforeTheFileIsClosed() throws IOException {
        Metrics metrics = open(0);
        metrics.addAll(round(0));
        assertThat(Files.readAllLines(file)).hasSize(2);
        metrics.sync();
        assertThat(FaultyFiles.done().stream().filter(operation -> operation.is("sync", "metrics.jsonl")))
                .as("at the start, and when told to")
                .hasSize(2);
        metrics.close();
    }

    @Test
    void goOnAfterTheRoundsThatARestartKeeps() throws IOException {
        write(0, 3);
        Files.writeString(file, Files.readString(file) + "{\"event\":\"step\",\"rou");
        write(2, 4);
        assertThat(events()).containsExactlyElementsOf(rounds(4));
        assertThat(directory.resolve("metrics.jsonl.old")).doesNotExist();
    }

    /** The restart itself is killed at each of its steps, some of them twice. */
    @Test
    void loseNothingWhereARestartIsKilledToo() throws IOException {
        write(0, 3);
        for (String operation : List.of("rename", "open", "create", "write", "sync", "delete", "rename", "delete")) {
            FaultyFiles.fail(now -> {
                if (now.kind().equals(operation)) {
                    throw new IOException("killed");
                }
            });
            try {
                open(3);
            } catch (UncheckedIOException killed) {
                assertThat(killed).hasRootCauseMessage("killed");
            }
        }
        FaultyFiles.heal();
        open(3).close();
        assertThat(events()).containsExactlyElementsOf(rounds(3));
    }

    @Test
    void areWrittenAgainWholeWhereAStoreKeepsOnlyClosedFiles() throws IOException {
        FaultyFiles.keepOnlyClosedFiles();
        Metrics metrics = open(0);
        metrics.addAll(round(0));
        metrics.sync();
        metrics.addAll(round(1));
        // Killed here: what no checkpoint covers is lost, and written again.
        assertThat(events()).containsExactlyElementsOf(rounds(1));
        write(1, 3);
        assertThat(events()).containsExactlyElementsOf(rounds(3));
    }

    @Test
    void areNotWrittenByADriverThatHasLostItsClaim() throws IOException {
        boolean[] lost = {false};
        Metrics metrics = Metrics.open(files, FaultyFiles.path(file), UNITS, event -> true, () -> {
            if (lost[0]) {
                throw new ClaimLost("lost");
            }
        });
        metrics.addAll(round(0));
        lost[0] = true;
        assertThatThrownBy(() -> metrics.addAll(round(1))).isInstanceOf(ClaimLost.class);
        assertThatThrownBy(metrics::sync).isInstanceOf(ClaimLost.class);
        metrics.close();
        assertThat(events()).containsExactlyElementsOf(rounds(1));
    }

    private void write(int from, int to) throws IOException {
        Metrics metrics = open(from);
        for (int round = from; round < to; round++) {
            metrics.addAll(round(round));
        }
        metrics.sync();
        metrics.close();
    }

    private Metrics open(int firstRound) {
        return Metrics.open(files, FaultyFiles.path(file), UNITS, event -> event.round() < firstRound, () -> {});
    }

    private List<Event> events() throws IOException {
        return Metrics.read(files, FaultyFiles.path(file), UNITS);
    }

    private static List<Event> round(int round) {
        return List.of(
                new Event.Step(round, 0, round, 0.5, 10, 8, 9, 1e-3),
                new Event.Checkpoint(round, round + 1, "step-" + round, 0.1));
    }

    private static List<Event> rounds(int count) {
        return IntStream.range(0, count)
                .boxed()
                .flatMap(round -> round(round).stream())
                .toList();
    }
}
