package org.loradash.benchmark.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.data.Batch;

/**
 * What a sequence of training steps took. The first one warms up and counts for its loss alone, where there are others.
 *
 * @param tokensPerSecond tokens of the steps that count over their seconds, no padding
 * @param tokens of all steps
 * @param peakMemoryMib resident, of the whole process
 */
public record Steps(
        double tokensPerSecond,
        double medianStepSeconds,
        double bestStepSeconds,
        long tokens,
        int threads,
        long peakMemoryMib,
        List<Double> losses) {

    /** Takes a step for each batch. */
    public static Steps run(Engine engine, List<Batch> batches, int threads) {
        List<Double> losses = new ArrayList<>();
        double[] seconds = new double[batches.size()];
        for (int i = 0; i < seconds.length; i++) {
            Engine.Step step = engine.step(batches.get(i));
            losses.add(step.loss());
            seconds[i] = step.seconds();
            Progress.say("step %d of %d: loss %.4f, %.2f s", i + 1, seconds.length, step.loss(), step.seconds());
        }
        int from = seconds.length > 1 ? 1 : 0;
        double[] counted = Arrays.copyOfRange(seconds, from, seconds.length);
        long tokens = batches.subList(from, batches.size()).stream()
                .mapToLong(Batch::tokenCount)
                .sum();
        double sum = Arrays.stream(counted).sum();
        Arrays.sort(counted);
        return new Steps(
                tokens / sum,
                Medians.of(counted),
                counted[0],
                batches.stream().mapToLong(Batch::tokenCount).sum(),
                threads,
                PeakMemory.mebibytes(),
                losses);
    }
}
