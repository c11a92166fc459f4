package org.loradash.benchmark.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that this process has had resident, as Linux counts it. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private PeakMemory() {}

    /** In MiB, heap and everything outside it. */
    public static long mebibytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(PEAK))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + PEAK + " in " + STATUS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
