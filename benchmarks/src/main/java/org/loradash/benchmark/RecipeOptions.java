package org.loradash.benchmark;

import java.util.List;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.config.TrainingSettings.Arithmetic;
import picocli.CommandLine.Option;

/** How a step trains. */
final class RecipeOptions {
    @Option(names = "--rank", defaultValue = "32", description = "The adapter's rank (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(names = "--alpha", defaultValue = "64", description = "Its alpha (default: ${DEFAULT-VALUE}).")
    private double alpha;

    @Option(names = "--batch", defaultValue = "16", description = "Records of a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--cutoff",
            defaultValue = "256",
            description = "Most tokens of a record that are kept (default: ${DEFAULT-VALUE}).")
    private int cutoff;

    @Option(
            names = "--learning-rate",
            defaultValue = "2e-4",
            description = "AdamW's, constant (default: ${DEFAULT-VALUE}).")
    private double learningRate;

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

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting of the run beside these, such as task.kind=classification; may be repeated.")
    private List<String> settings = List.of();

    /** Settings beside the recipe, as {@code key=value}. */
    List<String> settings() {
        return settings;
    }

    Recipe recipe() {
        return new Recipe(
                rank,
                alpha,
                batch,
                cutoff,
                learningRate,
                threads,
                recompute ? BlockValues.RECOMPUTED : BlockValues.KEPT,
                arithmetic);
    }
}
