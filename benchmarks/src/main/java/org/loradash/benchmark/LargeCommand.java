package org.loradash.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.PeakMemory;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.RandomLlama;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.engine.Steps;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code large}: whether a model of seven billion parameters trains in 20 GB. */
@Command(
        name = "large",
        description = {
            "A training step of a LLaMA of 7 billion parameters, held as bfloat16: seconds and peak memory. Its weights are"
                    + " random numbers made in place. Needs some 20 GB of memory; other options make it smaller, --storage"
                    + " NF4 --limit 9 in the first place."
        },
        mixinStandardHelpOptions = true)
final class LargeCommand implements Callable<Integer> {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    @Option(names = "--hidden", defaultValue = "4096", description = "Width (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "32", description = "Blocks (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--heads", defaultValue = "32", description = "Heads of attention (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(
            names = "--inner",
            defaultValue = "11008",
            description = "Width within the feed-forward layers (default: ${DEFAULT-VALUE}).")
    private int inner;

    @Option(
            names = "--vocabulary",
            defaultValue = "32000",
            description = "Tokens that there are (default: ${DEFAULT-VALUE}).")
    private int vocabulary;

    @Option(
            names = "--storage",
            defaultValue = "BFLOAT16",
            description = "Of the weights: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Storage storage;

    @Option(names = "--tokens", defaultValue = "512", description = "Tokens of a step (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--sequences",
            defaultValue = "1",
            description = "Sequences that share them, of one length (default: ${DEFAULT-VALUE}).")
    private int sequences;

    @Option(
            names = "--steps",
            defaultValue = "1",
            description = "Steps; where there are several, the first warms up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--rank", defaultValue = "32", description = "The adapter's rank (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(
            names = "--limit",
            defaultValue = "20",
            description = "Gigabytes, 10^9 bytes, to compare the peak with (default: ${DEFAULT-VALUE}).")
    private double limit;

    @Option(names = "--threads", description = "Threads that compute a step (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--recompute",
            description = "Make the values inside blocks again in the backward pass, rather than keep them.")
    private boolean recompute;

    @Option(
            names = "--arithmetic",
            defaultValue = "float32",
            description = "Of products of matrices: float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private Arithmetic arithmetic;

    @Override
    public Integer call() throws IOException {
        if (sequences < 1 || steps < 1 || tokens < 2L * sequences || tokens % sequences != 0) {
            throw InvalidInput.of(
                    "--tokens", tokens, "must be as many for each of --sequences, " + sequences + ", and two or more");
        }
        RandomLlama shape = new RandomLlama(hidden, layers, heads, inner, vocabulary);
        Recipe recipe = new Recipe(
                rank,
                2.0 * rank,
                sequences,
                tokens,
                2e-4,
                threads,
                recompute ? BlockValues.RECOMPUTED : BlockValues.KEPT,
                arithmetic);
        double weights = shape.bytes(storage) * 1e-9;
        double available = availableGigabytes();
        if (weights > available) {
            throw InvalidInput.of(
                    "the model's shape",
                    "%.1f GB of weights".formatted(weights),
                    "must be less than what is free, %.1f GB".formatted(available));
        }
        Progress.say("making %,d weights", shape.parameters());
        long begin = System.nanoTime();
        Decoder model = shape.make(storage);
        double making = (System.nanoTime() - begin) * 1e-9;
        List<TokenBatch> batches = Records.random(steps, sequences, tokens / sequences, vocabulary);
        print(shape, making, weights, Steps.run(recipe.workload(model, batches), recipe));
        return 0;
    }

    private void print(RandomLlama shape, double making, double weights, Steps taken) {
        System.out.printf(
                "%,d parameters as %s: %d layers of %d x %d, %d heads, vocabulary %d; made in %.1f s%n",
                shape.parameters(),
                storage.name().toLowerCase(Locale.ROOT),
                layers,
                hidden,
                inner,
                heads,
                vocabulary,
                making);
        System.out.printf(
                "a step of %d tokens (%d sequences) with rank %d on %d threads, values inside blocks %s: %.1f s, %.2f tokens/s, loss %.4f%n",
                tokens,
                sequences,
                rank,
                threads,
                recompute ? "made again" : "kept",
                taken.medianStepSeconds(),
                taken.tokensPerSecond(),
                taken.losses().get(0));
        double peak = PeakMemory.mebibytes() * 0x1p20 * 1e-9;
        System.out.printf(
                "%.2f GB resident at most, %.2f of them weights: %s %.0f GB%n",
                peak, weights, peak < limit ? "within" : "MORE THAN", limit);
    }

    private static double availableGigabytes() throws IOException {
        return Files.readAllLines(MEMORY).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024e-9)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
