package org.loradash.figure;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * How many of some are right.
 *
 * @param correct from 0 to n
 * @param n at least 1
 */
public record Proportion(int correct, int n) {
    public Proportion {
        if (n < 1 || correct < 0 || correct > n) {
            throw new IllegalArgumentException(correct + " of " + n + " (must be from 0 to n, of 1 at least)");
        }
    }

    /** correct / n. */
    public double value() {
        return (double) correct / n;
    }

    /**
     * The 95 % score interval without continuity correction (E. B. Wilson, Journal of the American Statistical Association
     * 22, 1927).
     */
    public Interval interval() {
        ConfidenceInterval wilson = new WilsonScoreInterval().createInterval(n, correct, 0.95);
        // The limit is exact where all are right or none; rounding must not pass it.
        return new Interval(correct == 0 ? 0 : wilson.getLowerBound(), correct == n ? 1 : wilson.getUpperBound());
    }
}
