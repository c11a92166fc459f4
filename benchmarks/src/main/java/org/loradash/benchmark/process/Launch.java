package org.loradash.benchmark.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.loradash.tsd.InvalidInput;

/** A process that does its work apart from this one, so that its memory and its warm-up are its own. */
public final class Launch {
    private static final String MAIN = "org.loradash.benchmark.Benchmarks";
    private static final String ROOT = "loradash.root";

    /** As our own commands and those of the peer's argument parser end when what is given is wrong. */
    private static final int MISTAKE = 2;

    private Launch() {}

    /** The project's directory, as benchmarks/run says it. */
    public static Path root() {
        return Path.of(System.getProperty(ROOT, "."));
    }

    /** A subcommand of ours in a Java of its own, with this one's options; returns the JSON of its last line. */
    public static JsonNode ours(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(List.of(arguments));
        return json(command);
    }

    /** Any command; returns the JSON of the last line that it writes. */
    public static JsonNode json(List<String> command) {
        try {
            return Json.parse(lastLine(command, line -> {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a command to its end, its messages among ours.
     *
     * @param listener hears every line of its output
     * @return the last line of its output, or an empty text
     */
    public static String lastLine(List<String> command, Consumer<String> listener) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread stop = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(stop);
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                listener.accept(line);
                last = line;
            }
            int status = process.waitFor();
            if (status == MISTAKE) {
                throw new InvalidInput(name(command) + ": refused what it was given (its message is above)");
            }
            if (status != 0) {
                throw new IllegalStateException(
                        "%s ended with status %d; its messages are above".formatted(name(command), status));
            }
            return last;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    /** The program, and the first words that say what it is to do. */
    private static String name(List<String> command) {
        int main = command.indexOf(MAIN);
        return main >= 0 ? "benchmarks " + command.get(main + 1) : String.join(" ", command.subList(0, 1));
    }
}
