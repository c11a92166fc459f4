package org.loradash.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.loradash.generate.Decoding;
import picocli.CommandLine.Option;

/** What is generated. */
final class GenerationOptions {
    @Option(
            names = "--records",
            defaultValue = "100",
            description = "Records, from the first on (default: ${DEFAULT-VALUE}).")
    private int records;

    @Option(
            names = "--batch",
            defaultValue = "16",
            description = "Prompts that are computed together (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--max-tokens",
            defaultValue = "32",
            description = "Most new tokens of a prompt (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(names = "--beams", defaultValue = "1", description = "Beams; 1: greedy (default: ${DEFAULT-VALUE}).")
    private int beams;

    @Option(names = "--threads", description = "Threads that compute (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    int records() {
        return records;
    }

    int batch() {
        return batch;
    }

    int maxTokens() {
        return maxTokens;
    }

    int threads() {
        return threads;
    }

    Decoding decoding() {
        return beams == 1 ? new Decoding.Greedy() : new Decoding.Beams(beams);
    }

    /** These options as another process takes them. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        List.of(
                        "--records",
                        records,
                        "--batch",
                        batch,
                        "--max-tokens",
                        maxTokens,
                        "--beams",
                        beams,
                        "--threads",
                        threads)
                .forEach(one -> arguments.add(String.valueOf(one)));
        return arguments;
    }
}
