package org.loradash.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Directories below target/cluster that services write to. */
final class Scratch {
    private static final Set<String> LOGS = Set.of("stdout", "stderr", "syslog");

    private Scratch() {}

    /** A new directory, in place of what a test before it has left. */
    static Path empty(String name) {
        Path directory = SparkHome.CLUSTERS.resolve(name);
        try {
            delete(directory, file -> true);
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes all files but logs: each executor has a copy of the job's jar. */
    static void keepLogs(Path directory) {
        try {
            delete(
                    directory,
                    file -> !file.toString().endsWith(".log")
                            && !LOGS.contains(file.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory, Predicate<Path> which) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    boolean empty;
                    try (Stream<Path> content = Files.list(path)) {
                        empty = content.findAny().isEmpty();
                    }
                    if (empty) {
                        Files.delete(path);
                    }
                } else if (which.test(path)) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
