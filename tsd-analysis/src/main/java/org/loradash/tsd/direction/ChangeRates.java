package org.loradash.tsd.direction;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Change rates of a weight's core directions, and the task-specific directions, which are those that change most. */
public final class ChangeRates {
    private ChangeRates() {}

    /**
     * |delta sigma_i| / (sigma_i + epsilon) for each direction.
     *
     * @param deltaSigma coordinates of the change on the core directions
     * @param epsilon guards the division
     */
    public static double[] of(double[] deltaSigma, float[] sigma, double epsilon) {
        if (deltaSigma.length != sigma.length) {
            throw new IllegalArgumentException(
                    "%d coordinates (must be %d, one a direction)".formatted(deltaSigma.length, sigma.length));
        }
        return IntStream.range(0, sigma.length)
                .mapToDouble(i -> Math.abs(deltaSigma[i]) / (Math.abs(sigma[i]) + epsilon))
                .toArray();
    }

    /** The task-specific directions: indices of the highest change rates, best first, of equal ones the smaller first. */
    public static int[] highest(double[] changeRates, int count) {
        return IntStream.range(0, changeRates.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -changeRates[i])
                        .thenComparing(i -> i))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
