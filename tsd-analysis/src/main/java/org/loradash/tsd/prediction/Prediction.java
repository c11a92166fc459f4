package org.loradash.tsd.prediction;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How well predicted task-specific directions agree with the true ones (arXiv 2409.01035, section on predicting TSD).
 *
 * @param recall the fraction of the true top {@link Cutoffs#recalled} among the top {@link Cutoffs#predicted} predicted
 * @param accuracy the fraction of the top {@link Cutoffs#predicted} predicted within the true top
 *     {@link Cutoffs#accepted}
 */
public record Prediction(double recall, double accuracy) {
    /**
     * Compares two rankings of the same weight's core directions. Of a ranking that is shorter than its cutoff, because
     * the weight has no more directions, all count.
     *
     * @param predicted indices, best first
     * @param truth indices, best first
     * @throws IllegalArgumentException where either is empty or names a direction twice
     */
    public static Prediction of(int[] predicted, int[] truth, Cutoffs cutoffs) {
        check("predicted", predicted);
        check("true", truth);
        int[] best = Arrays.copyOf(predicted, Math.min(predicted.length, cutoffs.predicted()));
        int[] recalled = Arrays.copyOf(truth, Math.min(truth.length, cutoffs.recalled()));
        int[] accepted = Arrays.copyOf(truth, Math.min(truth.length, cutoffs.accepted()));
        return new Prediction(shareWithin(recalled, best), shareWithin(best, accepted));
    }

    private static double shareWithin(int[] directions, int[] others) {
        Set<Integer> set = Arrays.stream(others).boxed().collect(Collectors.toSet());
        return Arrays.stream(directions).filter(set::contains).count() / (double) directions.length;
    }

    private static void check(String name, int[] directions) {
        if (directions.length == 0 || Arrays.stream(directions).distinct().count() != directions.length) {
            throw new IllegalArgumentException(
                    name + " directions: " + Arrays.toString(directions) + " (must be different, at least one)");
        }
    }
}
