package org.loradash.benchmark.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a sequence of training steps took. Steps that warm up count for their losses alone.
 *
 * @param tokensPerSecond tokens of the steps that count over their seconds, no padding
 * @param examplesPerSecond their records, likewise
 * @param tokens of all steps
 * @param peakMemoryMib resident, of the whole process
 */
public record Steps(
        double tokensPerSecond,
        double examplesPerSecond,
        double medianStepSeconds,
        double bestStepSeconds,
        long tokens,
        int threads,
        long peakMemoryMib,
        List<Double> losses) {

    /** Takes a step for each batch. The first one warms up, where there are others, as the peer's does. */
    public static <B> Steps run(Workload<B> workload, Recipe recipe) {
        List<Engine.Step> steps = new ArrayList<>();
        try (Engine<B> engine = new Engine<>(workload, recipe)) {
            int all = workload.batches().size();
            for (B batch : workload.batches()) {
                Engine.Step step = engine.step(batch);
                steps.add(step);
                Progress.say("step %d of %d: loss %.4f, %.2f s", steps.size(), all, step.loss(), step.seconds());
            }
        }
        return of(steps, workload, steps.size() > 1 ? 1 : 0, recipe.threads());
    }

    /**
     * Steps that this process has taken.
     *
     * @param workload with a batch for each
     * @param warmUp steps, from the first on, that do not count; fewer than all
     */
    public static <B> Steps of(List<Engine.Step> steps, Workload<B> workload, int warmUp, int threads) {
        double[] seconds = steps.stream()
                .skip(warmUp)
                .mapToDouble(Engine.Step::seconds)
                .sorted()
                .toArray();
        double all = Arrays.stream(seconds).sum();
        List<B> batches = workload.batches();
        return new Steps(
                tokens(workload, batches.subList(warmUp, batches.size())) / all,
                seconds.length * workload.examples() / all,
                Medians.of(seconds),
                seconds[0],
                tokens(workload, batches),
                threads,
                PeakMemory.mebibytes(),
                steps.stream().map(Engine.Step::loss).toList());
    }

    private static <B> long tokens(Workload<B> workload, List<B> batches) {
        return batches.stream().mapToLong(workload.task()::size).sum();
    }
}
