package org.loradash.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Engine;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Steps;
import org.loradash.benchmark.engine.Workload;
import org.loradash.benchmark.kernel.Observation;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code step MODEL RECORDS}: a training step, where its time goes, and what its products alone would take. */
@Command(
        name = "step",
        description = {
            "Our engine's training step: useful tokens/s, the loss of every step and peak memory; where the time goes;"
                    + " and the step in turns with its matrix products alone, by the same threads on the same memory."
        },
        mixinStandardHelpOptions = true)
final class StepCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description = "Turns first that do not count: Java compiles what runs often (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--turns",
            defaultValue = "6",
            description = "Turns that count: a step, then its products alone (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Override
    public Integer call() throws IOException {
        if (warmUp < 0) {
            throw InvalidInput.of("--warm-up", warmUp, "must be at least 0");
        }
        if (turns < 1) {
            throw InvalidInput.of("--turns", turns, "must be at least 1");
        }
        measure(Workload.of(JobSettings.of(files, options).settings(), Math.addExact(warmUp, turns)));
        return 0;
    }

    private <B> void measure(Workload<B> workload) {
        Recipe recipe = options.recipe();
        int all = workload.batches().size();
        Observation observation = new Observation(recipe.rank());
        List<Engine.Step> steps = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        try (Engine<B> engine = new Engine<>(workload, recipe, observation)) {
            for (int i = 0; i < all; i++) {
                if (i == warmUp) {
                    observation.reset();
                }
                observation.beginRecording();
                Engine.Step step = engine.step(workload.batches().get(i));
                observation.endRecording();
                steps.add(step);
                alone.add(observation.productsAlone());
                Progress.say(
                        "step %d of %d: loss %.4f, %.2f s; its products alone %.2f s",
                        i + 1, all, step.loss(), step.seconds(), alone.get(i));
            }
        }
        print(Steps.of(steps, workload, warmUp, recipe.threads()), workload);
        StepTime time = new StepTime(
                steps.subList(warmUp, steps.size()),
                alone.subList(warmUp, alone.size()),
                observation.total(),
                observation.alone());
        time.print();
    }

    private <B> void print(Steps taken, Workload<B> workload) {
        System.out.printf(
                "%s useful tokens/s, %s examples/s over %d steps after %d to warm up, on %d threads (a step: median %s s, best %s s);"
                        + " %d MiB at most%n%n",
                TextTable.number(taken.tokensPerSecond()),
                TextTable.number(taken.examplesPerSecond()),
                turns,
                warmUp,
                taken.threads(),
                TextTable.number(taken.medianStepSeconds()),
                TextTable.number(taken.bestStepSeconds()),
                taken.peakMemoryMib());
        TextTable losses = new TextTable("step", "tokens", "loss");
        for (int i = 0; i < taken.losses().size(); i++) {
            losses.row(
                    i,
                    workload.task().size(workload.batches().get(i)),
                    "%.6f".formatted(taken.losses().get(i)));
        }
        losses.print();
    }
}
