package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.Settings;
import org.loradash.spark.training.TrainingJob;

/** Several runs by one command, compared in one table. */
class SweepTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path output;
    private Path configuration;

    @BeforeEach
    void write() throws IOException {
        output = directory.resolve("sweep");
        configuration = Files.writeString(
                directory.resolve("sweep.conf"),
                Golden.named("pissa").configuration(output.toString())
                        + """
                        training { steps = 4, workers = 1, local-steps = 2 }
                        dash { on = false, pre-launch-steps = 2 }
                        sweep = [
                          { name = one, adapter.method = lora }
                          { name = two, adapter { method = pissa, rank = 1000 } }
                          { name = three, adapter.method = spectral, dash.on = true, validation.hold-out = 2 }
                        ]
                        """);
    }

    @Test
    void comparesItsRunsAndTriesFailedOnesAgain() throws IOException {
        assertThat(sweep(TrainingJob::run)).as("a run has failed").isEqualTo(1);
        assertThat(err.toString()).contains("1 of 3 runs: two (the same command tries them again)");
        List<String> table = Files.readAllLines(output.resolve("table.txt"));
        assertThat(table).hasSize(4);
        assertThat(table.get(0)).startsWith("run    settings ").contains("last quarter's  validation");
        assertThat(table.get(1)).startsWith("one    adapter.method = lora ").containsPattern(" finished .* - +\\d+ ");
        assertThat(table.get(2)).contains("failed: adapter.rank: 1000 (must be from 1 to 32, the smaller side of ");
        assertThat(table.get(3))
                .contains("adapter.method = spectral, dash.on = true, validation.hold-out = 2")
                .as("first, mean and last quarter's loss, and the lowest of held-out records")
                .containsPattern("finished +4 +2( +5\\.\\d{4}){4} ");
        assertThat(Files.readString(output.resolve("table.html"))).contains("adapter.<wbr>method = lora", "<svg");
        assertThat(out.toString()).endsWith("table: " + output + "/table.txt and table.html" + System.lineSeparator());

        List<String> begun = new ArrayList<>();
        assertThat(sweep(
                        settings -> {
                            begun.add(settings.run().output());
                            TrainingJob.run(settings);
                        },
                        "--set",
                        "adapter.rank=4"))
                .isZero();
        assertThat(begun).hasSize(3);
        assertThat(Files.readAllLines(output.resolve("table.txt")))
                .filteredOn(line -> line.contains("finished"))
                .hasSize(3);
        assertThat(output.resolve("decompositions")).as("shared by the runs").isDirectory();
    }

    @Test
    void goesOnAfterAFailureAndLeavesNoRunOut() throws IOException {
        List<String> begun = new ArrayList<>();
        int status = sweep(settings -> {
            begun.add(Path.of(settings.run().output()).getFileName().toString());
            throw new IllegalStateException("boom");
        });
        assertThat(status).isEqualTo(1);
        assertThat(begun).containsExactly("one", "two", "three");
        assertThat(Files.readAllLines(output.resolve("table.txt")).get(3))
                .contains("failed: java.lang.IllegalStateException: boom");
    }

    @Test
    void refusesARunsDirectory() throws IOException {
        Files.createDirectories(output);
        Files.writeString(output.resolve("resolved.conf"), "");
        assertThat(sweep(settings -> {})).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("lora-dash: run.output: " + output
                        + " (is a run's directory; a sweep must have one of its own)");
        assertThat(output).isDirectoryNotContaining("glob:**table*");
    }

    private int sweep(Consumer<Settings> training, String... more) {
        List<String> arguments = new ArrayList<>(List.of("sweep", configuration.toString()));
        arguments.addAll(List.of(more));
        return LoraDash.run(
                arguments.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true), training);
    }
}
