package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords of URIs and secret properties are used, and neither kept nor told. */
class SecretsOfARunTest {
    private static final String HUSH = "Hu5hHu5h";

    @TempDir
    private Path directory;

    @Test
    void areNeitherInItsFilesNorToldAndNotNeededToGoOn() throws IOException {
        Workspace workspace = workspace();
        Path events = Files.createDirectories(workspace.path("events"));
        workspace.set("spark { eventLog { enabled = true, dir = \"%s\" } }".formatted(events.toUri()));
        String told = told(workspace, 0);
        assertThat(told).contains("vault://me:*********(redacted)@host").doesNotContain(HUSH);
        assertThat(holding(workspace.path("run"))).isEmpty();
        assertThat(holding(events)).as("Spark's log of events").isEmpty();
        assertThat(Files.readString(workspace.path("run/resolved.conf")))
                .contains("path = \"vault://me:*********(redacted)@host")
                .contains("# \"hadoop.fs.s3a.secret.key\" may hold a secret");

        Files.delete(workspace.path("run/_SUCCESS"));
        assertThat(told(workspace, 0))
                .as("from the configuration that is given")
                .doesNotContain(HUSH);
        assertThat(workspace.path("run/_SUCCESS")).exists();
    }

    @Test
    void areNotInTheLineOfAMistake() throws IOException {
        Workspace absent = workspace();
        absent.set("model.path = \"vault://me:%s@host/none\"".formatted(HUSH));
        assertThat(told(absent, 2))
                .isEqualTo("lora-dash: model.path: vault://me:*********(redacted)@host/none"
                        + " (must be a model directory; there is nothing there)");
    }

    @Test
    void areNotInTheLineOfAWrongProperty() throws IOException {
        Workspace wrong = workspace();
        wrong.set("spark.hadoop.fs.s3a.secret.key = [" + HUSH + "]");
        assertThat(told(wrong, 2))
                .contains("fs.s3a.secret.key: *********(redacted) (must be")
                .doesNotContain(HUSH);
    }

    private Workspace workspace() throws IOException {
        Workspace workspace = new Workspace(directory);
        String place = "vault://me:%s@host%s".formatted(HUSH, directory);
        workspace.set(
                """
                run.output = "%1$s/run"
                model.path = "%1$s/model"
                data.train = "%1$s/data.jsonl"
                spark.hadoop { fs.vault.impl = %2$s, fs.s3a.secret.key = %3$s }
                """
                        .formatted(place, VaultFiles.class.getName(), HUSH));
        return workspace;
    }

    /** What the command writes to its streams. */
    private static String told(Workspace workspace, int status) throws IOException {
        PrintStream out = System.out;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            Workspace.Ended ended = workspace.run();
            assertThat(ended.status()).as(String.valueOf(ended.errors())).isEqualTo(status);
            return told.toString(StandardCharsets.UTF_8) + String.join("\n", ended.errors());
        } finally {
            System.setOut(out);
        }
    }

    private static List<Path> holding(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(HUSH);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .toList();
        }
    }
}
