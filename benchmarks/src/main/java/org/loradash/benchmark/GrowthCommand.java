package org.loradash.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.process.Launch;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code growth}: what grows with what. */
@Command(
        name = "growth",
        description = {
            "How the cost of a step grows with tokens, rank and layers, and the cost of a round, the driver's memory and"
                    + " the bytes that Spark moves with the number of workers; says what is flat and what is not."
        },
        mixinStandardHelpOptions = true)
final class GrowthCommand implements Callable<Integer> {
    private static final int LOCAL_STEPS = 2;

    @Option(
            names = "--of",
            split = ",",
            defaultValue = "step,round",
            description = "step, round, or both (default: ${DEFAULT-VALUE}).")
    private List<String> of;

    @Option(
            names = "--steps",
            defaultValue = "3",
            description = "Steps that are measured at each size, after one to warm up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--workers",
            split = ",",
            defaultValue = "1,2,4,8",
            description = "Numbers of workers (default: ${DEFAULT-VALUE}).")
    private List<Integer> workers;

    @Option(
            names = "--rounds",
            defaultValue = "6",
            description = "Rounds of a run, the first to warm up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--model", description = "The rounds' model directory (default: src-test-data/tiny-llama/model).")
    private Path model = Launch.root().resolve("src-test-data/tiny-llama/model");

    @Option(
            names = "--records",
            description = "Their instruction records (default: src-test-data/arc-easy/train.json).")
    private Path records = Launch.root().resolve("src-test-data/arc-easy/train.json");

    @Option(names = "--rank", defaultValue = "32", description = "Their adapter's rank (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(
            names = "--batch",
            defaultValue = "4",
            description = "Records of a worker's step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--threads", description = "Threads that compute a step (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws IOException {
        for (String part : of) {
            if (!List.of("step", "round").contains(part)) {
                throw InvalidInput.of("--of", part, "must be step or round");
            }
        }
        if (rounds < 2) {
            throw InvalidInput.of("--rounds", rounds, "must be at least 2, the first to warm up");
        }
        if (steps < 1) {
            throw InvalidInput.of("--steps", steps, "must be at least 1");
        }
        if (of.contains("step")) {
            new StepGrowth(steps, threads).print();
        }
        if (of.contains("round")) {
            Recipe recipe =
                    new Recipe(rank, 2.0 * rank, batch, 256, 2e-4, threads, BlockValues.KEPT, Arithmetic.FLOAT32);
            JobSettings settings = JobSettings.of(model.toString(), records.toString(), recipe)
                    .with("training.local-steps", LOCAL_STEPS)
                    .with("training.steps", LOCAL_STEPS * rounds);
            new RoundGrowth(settings, workers).print();
        }
        return 0;
    }
}
