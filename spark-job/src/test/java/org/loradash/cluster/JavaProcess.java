package org.loradash.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of a service or of a driver. What it says goes to a log; it and its children end with this JVM at the latest.
 *
 * @param name for messages
 * @param log of standard output and error
 */
record JavaProcess(String name, Process process, Path log) implements AutoCloseable {
    private static final Set<JavaProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final int TAIL_LINES = 60;
    private static final int SECONDS_TO_END = 10;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(JavaProcess::kill)));
    }

    /** @param directory that it works in */
    static JavaProcess start(
            String name, List<String> command, Map<String, String> environment, Path directory, Path log) {
        try {
            Files.createDirectories(log.getParent());
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            JavaProcess started = new JavaProcess(name, builder.start(), log);
            RUNNING.add(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** Waits for a line in the log, and returns what the pattern's first group is there. */
    String said(Pattern line, Duration atMost) {
        await(name + " says " + line)
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !process.isAlive() || found(line).isPresent());
        return found(line).orElseThrow(() -> new AssertionError(name + " has ended. " + tail()));
    }

    /** Waits for the process to end, and returns its exit status. */
    int ended(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("%s runs for longer than %s. %s".formatted(name, atMost, tail()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything that it has said. */
    String said() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of the log, for messages. */
    String tail() {
        List<String> lines = said().lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return "The end of %s:%n%s%n".formatted(log, String.join("\n", last));
    }

    /** SIGKILL, for it and what it has started. */
    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        children.forEach(ProcessHandle::destroyForcibly);
        RUNNING.remove(this);
    }

    /** Asks it to end, and kills what has not ended soon after. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    private Optional<String> found(Pattern line) {
        Matcher matcher = line.matcher(said());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
