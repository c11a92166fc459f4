package org.loradash.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.ResourceListener.Sample;
import org.loradash.benchmark.process.Scratch;
import org.loradash.benchmark.process.WatchedJob;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rounds}: whether a process holds more and more, round after round. */
@Command(
        name = "rounds",
        description = {
            "A long run of a small model in one process, with a boundary in its middle and a checkpoint each round: heap"
                    + " after collections, memory outside it, threads and open files, and whether they stay flat."
        },
        mixinStandardHelpOptions = true)
final class RoundsCommand implements Callable<Integer> {
    private static final int SAMPLES = 20;
    private static final int FEWEST = 2 * SAMPLES;
    private static final double MIB = 0x1p-20;

    /** What a collection leaves is never quite the same; nor is anything to a MiB, a thread or a file. */
    private static final double FLAT = 0.05;

    private static final double ONE = 1;

    @Option(names = "--rounds", defaultValue = "1000", description = "How many (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--model", description = "A model directory (default: src-test-data/tiny-llama/model).")
    private Path model = Launch.root().resolve("src-test-data/tiny-llama/model");

    @Option(names = "--records", description = "Instruction records (default: src-test-data/arc-easy/train.json).")
    private Path records = Launch.root().resolve("src-test-data/arc-easy/train.json");

    @Override
    public Integer call() throws IOException {
        if (rounds < FEWEST) {
            throw InvalidInput.of("--rounds", rounds, "must be at least " + FEWEST);
        }
        Recipe recipe = new Recipe(8, 16, 1, 64, 2e-4, 1, BlockValues.KEPT, Arithmetic.FLOAT32);
        List<Sample> samples;
        try (Scratch scratch = Scratch.make()) {
            JobSettings settings = JobSettings.of(model.toString(), records.toString(), recipe)
                    .with("adapter.method", "lora-dash")
                    .with("dash.pre-launch-steps", rounds / 2)
                    .with("training.workers", 2)
                    .with("training.local-steps", 1)
                    .with("training.steps", rounds)
                    .with("checkpoint.every-rounds", 1);
            samples = WatchedJob.resources(
                    JobRun.configure(scratch.path(), settings.map()).toString(), rounds / SAMPLES);
        }
        return print(samples) ? 0 : 1;
    }

    /** Whether all is flat. */
    private static boolean print(List<Sample> samples) {
        TextTable table = new TextTable(
                "rounds", "heap after collection, MiB", "off-heap, MiB", "whole process, MiB", "threads", "open files");
        samples.forEach(sample -> table.row(
                sample.rounds(),
                sample.heap() * MIB,
                sample.offHeap() * MIB,
                sample.resident() * MIB,
                sample.threads(),
                sample.files()));
        table.print();
        return flat("heap after collection, MiB", samples, sample -> sample.heap() * MIB)
                & flat("off-heap, MiB", samples, sample -> sample.offHeap() * MIB)
                & flat("whole process, MiB", samples, sample -> sample.resident() * MIB)
                & flat("threads", samples, Sample::threads)
                & flat("open files", samples, Sample::files);
    }

    /** Compares the last quarter's median with that of the quarter after the first: both stages have warmed up then. */
    private static boolean flat(String what, List<Sample> samples, ToDoubleFunction<Sample> of) {
        int quarter = samples.size() / 4;
        double early = median(samples.subList(quarter, 2 * quarter), of);
        double late = median(samples.subList(samples.size() - quarter, samples.size()), of);
        boolean flat = late <= early * (1 + FLAT) + ONE;
        System.out.printf(
                "%s: %s (median of the second quarter %s, of the last %s)%n",
                what, flat ? "flat" : "GROWS", TextTable.number(early), TextTable.number(late));
        return flat;
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> of) {
        return Medians.of(samples.stream().mapToDouble(of).toArray());
    }
}
