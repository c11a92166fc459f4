package org.loradash.evaluate;

/**
 * How many of some are right.
 *
 * @param correct from 0 to n
 * @param n at least 1
 */
public record Proportion(long correct, long n) {
    /** The 0.975 quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

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
     * 22, 1927):
     *
     * <pre>(p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)</pre>
     */
    public Interval interval() {
        double p = value();
        double square = Z * Z / n;
        double centre = p + square / 2;
        double half = Z * Math.sqrt(p * (1 - p) / n + square / (4.0 * n));
        // The limit is exact where all are right or none; rounding must not pass it.
        return new Interval(
                correct == 0 ? 0 : (centre - half) / (1 + square), correct == n ? 1 : (centre + half) / (1 + square));
    }
}
