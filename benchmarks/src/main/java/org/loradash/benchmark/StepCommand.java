package org.loradash.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Engine;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.PeakMemory;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.engine.Steps;
import org.loradash.benchmark.kernel.Observation;
import org.loradash.benchmark.kernel.Operation;
import org.loradash.benchmark.kernel.ProductsAlone;
import org.loradash.benchmark.kernel.Tally;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code step MODEL RECORDS}: a training step, where its time goes, and what its products alone would take. */
@Command(
        name = "step",
        description = {
            "Our engine's training step: useful tokens/s, the loss of every step and peak memory; then, on the same"
                    + " records, where the time goes, and the step in turns with its matrix products alone, on the"
                    + " same number of threads and the same memory."
        },
        mixinStandardHelpOptions = true)
final class StepCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(
            names = "--steps",
            defaultValue = "6",
            description = "Steps, the first to warm up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--turns",
            defaultValue = "4",
            description = "Steps that are watched, each followed by its products alone (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        List<Batch> batches = Records.batches(files.model(), files.records(), Math.max(steps, turns + 1), recipe);
        Model model = files.load();
        train(model, recipe, batches.subList(0, steps));
        watch(model, recipe, batches.subList(0, turns + 1));
        return 0;
    }

    private static void train(Model model, Recipe recipe, List<Batch> batches) {
        try (Engine engine = Engine.of(model, recipe)) {
            Steps taken = Steps.run(engine, batches, recipe.threads());
            System.out.printf(
                    "%s useful tokens/s over %d steps on %d threads (a step: median %s s, best %s s); %d MiB at most%n",
                    TextTable.number(taken.tokensPerSecond()),
                    Math.max(1, batches.size() - 1),
                    taken.threads(),
                    TextTable.number(taken.medianStepSeconds()),
                    TextTable.number(taken.bestStepSeconds()),
                    taken.peakMemoryMib());
            TextTable losses = new TextTable("step", "tokens", "loss");
            for (int i = 0; i < batches.size(); i++) {
                losses.row(
                        i,
                        batches.get(i).tokenCount(),
                        "%.6f".formatted(taken.losses().get(i)));
            }
            losses.print();
        }
    }

    /** The same steps again, watched; the first warms up. */
    private static void watch(Model model, Recipe recipe, List<Batch> batches) {
        Observation observation = new Observation(recipe.rank());
        List<Double> whole = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        Tally total = new Tally();
        double optimiser = 0;
        try (Engine engine = Engine.observed(model, recipe, observation);
                ProductsAlone products = new ProductsAlone(KernelProvider.best())) {
            for (int i = 0; i < batches.size(); i++) {
                observation.reset();
                observation.beginRecording();
                Engine.Step taken = engine.step(batches.get(i));
                double step = taken.seconds();
                observation.endRecording();
                Tally ofStep = observation.total();
                double productsOnly = products.run(observation.products());
                Progress.say("watched step %d: %.2f s, its products alone %.2f s", i, step, productsOnly);
                if (i > 0) {
                    whole.add(step);
                    alone.add(productsOnly);
                    total.add(ofStep);
                    optimiser += taken.optimiserSeconds();
                }
            }
        }
        double seconds = sum(whole);
        print(total, optimiser, seconds * recipe.threads(), "of %d steps".formatted(whole.size()));
        double[] ratios = new double[whole.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = alone.get(i) / whole.get(i);
        }
        System.out.printf(
                "products alone / step: %s (median of %d turns; %s s of %s s a step, %s GFLOP/s)%n",
                TextTable.number(Medians.of(ratios)),
                ratios.length,
                TextTable.number(sum(alone) / alone.size()),
                TextTable.number(seconds / whole.size()),
                TextTable.number(productOperations(total) / sum(alone) * 1e-9));
        System.out.printf("%d MiB at most, with what is kept to watch%n", PeakMemory.mebibytes());
    }

    /** Where the threads' time went. */
    private static void print(Tally tally, double optimiser, double threadSeconds, String of) {
        TextTable table =
                new TextTable("operation", "calls", "thread seconds", "share", "GFLOP/s a thread", "GB/s a thread");
        for (Operation operation : Operation.values()) {
            if (tally.calls(operation) > 0) {
                double seconds = tally.seconds(operation);
                table.row(
                        operation.label(),
                        tally.calls(operation),
                        seconds,
                        TextTable.percent(seconds / threadSeconds),
                        tally.floatingPointOperations(operation) / seconds * 1e-9,
                        tally.bytes(operation) / seconds * 1e-9);
            }
        }
        // It runs on one thread while the others wait, and is not one of the tallied operations.
        table.row("optimiser", "-", optimiser, TextTable.percent(optimiser / threadSeconds), "-", "-");
        double rest = threadSeconds - tally.seconds() - optimiser;
        table.row("waiting, and all else", "-", rest, TextTable.percent(rest / threadSeconds), "-", "-");
        table.row("all threads " + of, "-", threadSeconds, TextTable.percent(1), "-", "-");
        table.print();
    }

    private static long productOperations(Tally total) {
        return total.floatingPointOperations(Operation.PRODUCT)
                + total.floatingPointOperations(Operation.LOW_RANK_PRODUCT);
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }
}
