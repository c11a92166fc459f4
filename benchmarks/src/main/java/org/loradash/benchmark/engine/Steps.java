package org.loradash.benchmark.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.task.language.TokenBatch;

/**
 * What a sequence of training steps took. Steps that warm up count for their losses alone.
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

    /** Takes a step for each batch. The first one warms up, where there are others, as the peer's does. */
    public static Steps run(Engine engine, List<TokenBatch> batches, int threads) {
        List<Engine.Step> steps = new ArrayList<>();
        for (TokenBatch batch : batches) {
            Engine.Step step = engine.step(batch);
            steps.add(step);
            Progress.say("step %d of %d: loss %.4f, %.2f s", steps.size(), batches.size(), step.loss(), step.seconds());
        }
        return of(steps, batches, steps.size() > 1 ? 1 : 0, threads);
    }

    /**
     * Steps that this process has taken.
     *
     * @param batches of the steps
     * @param warmUp steps, from the first on, that do not count; fewer than all
     */
    public static Steps of(List<Engine.Step> steps, List<TokenBatch> batches, int warmUp, int threads) {
        double[] seconds = steps.stream()
                .skip(warmUp)
                .mapToDouble(Engine.Step::seconds)
                .sorted()
                .toArray();
        return new Steps(
                tokens(batches.subList(warmUp, batches.size()))
                        / Arrays.stream(seconds).sum(),
                Medians.of(seconds),
                seconds[0],
                tokens(batches),
                threads,
                PeakMemory.mebibytes(),
                steps.stream().map(Engine.Step::loss).toList());
    }

    private static long tokens(List<TokenBatch> batches) {
        return batches.stream().mapToLong(TokenBatch::tokenCount).sum();
    }
}
