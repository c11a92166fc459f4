package org.loradash.tsd.direction;

import java.util.stream.IntStream;

/**
 * By how much the sprint amplifies the chosen directions: their change rates at the end of training beside those at the
 * boundary (arXiv 2409.01035, the experiment on amplification). The arrays are of one length and not copied.
 *
 * @param directions the chosen directions' indices, best first
 * @param atBoundary their change rates when they were chosen
 * @param atEnd their change rates at the end
 */
public record Amplification(int[] directions, float[] atBoundary, float[] atEnd) {
    /**
     * @param boundary all n change rates at the boundary
     * @param end all n at the end
     * @throws IllegalArgumentException where the lengths differ
     */
    public static Amplification of(float[] boundary, float[] end, int[] directions) {
        if (boundary.length != end.length) {
            throw new IllegalArgumentException(boundary.length + " and " + end.length + " change rates");
        }
        return new Amplification(directions.clone(), at(boundary, directions), at(end, directions));
    }

    /** The mean rate at the end over the mean rate at the boundary; NaN where nothing was chosen. */
    public double factor() {
        return sum(atEnd) / sum(atBoundary);
    }

    private static float[] at(float[] rates, int[] directions) {
        float[] chosen = new float[directions.length];
        for (int k = 0; k < chosen.length; k++) {
            chosen[k] = rates[directions[k]];
        }
        return chosen;
    }

    private static double sum(float[] rates) {
        return IntStream.range(0, rates.length).mapToDouble(i -> rates[i]).sum();
    }
}
