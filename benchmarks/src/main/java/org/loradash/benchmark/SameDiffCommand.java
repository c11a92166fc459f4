package org.loradash.benchmark;

import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.samediff.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code samediff}: why the engine has a tape of its own. */
@Command(
        name = "samediff",
        description = {
            "SwiGLU blocks with LoRA, forward and backward, in ND4J's SameDiff and on our tape, in turns with the tape's"
                    + " matrix products alone."
        },
        mixinStandardHelpOptions = true)
final class SameDiffCommand implements Callable<Integer> {
    @Option(names = "--tokens", defaultValue = "1024", description = "Tokens (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--hidden", defaultValue = "576", description = "Width of a block (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--inner", defaultValue = "1536", description = "Width within a block (default: ${DEFAULT-VALUE}).")
    private int inner;

    @Option(names = "--rank", defaultValue = "32", description = "Rank of LoRA (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(names = "--blocks", defaultValue = "4", description = "Blocks (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Option(names = "--turns", defaultValue = "10", description = "Turns (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Option(names = "--threads", description = "Threads (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() {
        Comparison comparison = Comparison.run(tokens, hidden, inner, rank, blocks, threads, turns);
        double alone = median(comparison.productsAlone());
        System.out.printf(
                "%d blocks of %d x %d with rank %d, %d tokens, %d threads; medians of %d turns%n%n",
                blocks, hidden, inner, rank, tokens, threads, turns);
        TextTable table = new TextTable("forward and backward", "seconds", "best", "times the products alone");
        row(table, "SameDiff", comparison.sameDiff(), alone);
        row(table, "our tape", comparison.tape(), alone);
        row(table, "the tape's products alone", comparison.productsAlone(), alone);
        table.print();
        System.out.printf(
                "SameDiff / our tape: %s. Their gradients differ by at most %.1e, relative.%n",
                TextTable.number(median(comparison.sameDiff()) / median(comparison.tape())), comparison.difference());
        return 0;
    }

    private static void row(TextTable table, String name, List<Double> seconds, double alone) {
        double best = seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        table.row(name, median(seconds), best, median(seconds) / alone);
    }

    private static double median(List<Double> seconds) {
        return Medians.of(seconds.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
