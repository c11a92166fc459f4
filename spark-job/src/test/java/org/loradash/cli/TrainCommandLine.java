package org.loradash.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.spark.training.TrainingJob;

/** The real train command, in this process. */
final class TrainCommandLine {

    /** Spark's part of a configuration: two cores of this process, strict about what goes through Kryo. */
    static final String SPARK =
            """
            spark {
              master = "local[2]", ui.enabled = false, ui.showConsoleProgress = false, kryo.registrationRequired = true
              driver { host = localhost, bindAddress = "127.0.0.1" }
            }
            """;

    private TrainCommandLine() {}

    /** @param errors the lines of the error stream */
    record Ended(int status, List<String> errors) {}

    /**
     * Trains as a text says.
     *
     * @param file where the text is put for the command to read
     * @param settings given after {@code --set}
     */
    static Ended train(Path file, String text, String... settings) throws IOException {
        Files.writeString(file, text);
        return train(file.toString(), settings);
    }

    /** Trains as a file of any file system says. */
    static Ended train(String file, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("train", file));
        Arrays.stream(settings).forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return run(arguments);
    }

    /** Any command. */
    static Ended run(List<String> arguments) {
        StringWriter err = new StringWriter();
        int status = LoraDash.run(
                arguments.toArray(String[]::new),
                new PrintWriter(System.out, true),
                new PrintWriter(err, true),
                TrainingJob::run);
        return new Ended(status, err.toString().lines().toList());
    }
}
