package org.loradash.figure;

import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/** Correlations of two variables, and what is left of them without one example; 0 where a variable does not vary. */
final class Correlation {
    private Correlation() {}

    static double pearson(double[] x, double[] y) {
        double r = x.length < 2 ? Double.NaN : new PearsonsCorrelation().correlation(x, y);
        return Double.isNaN(r) ? 0 : Math.max(-1, Math.min(1, r));
    }

    /** Pearson's of all examples but each one: n values. */
    static double[] pearsonWithoutEach(double[] x, double[] y) {
        int n = x.length;
        double meanX = StatUtils.mean(x);
        double meanY = StatUtils.mean(y);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < n; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        double[] without = new double[n];
        double factor = n / (n - 1.0);
        for (int i = 0; i < n; i++) {
            double dx = x[i] - meanX;
            double dy = y[i] - meanY;
            without[i] = ratio(xy - factor * dx * dy, xx - factor * dx * dx, yy - factor * dy * dy);
        }
        return without;
    }

    /** Pearson's of the ranks, of which equal values have the mean. */
    static double spearman(double[] x, double[] y) {
        return pearson(ranks(x), ranks(y));
    }

    /** Spearman's of all examples but each one: n values, in n^2 steps, for without one the ranks above it are lower. */
    static double[] spearmanWithoutEach(double[] x, double[] y) {
        int n = x.length;
        double[] ranksX = ranks(x);
        double[] ranksY = ranks(y);
        double mean = n / 2.0;
        double[] without = new double[n];
        for (int i = 0; i < n; i++) {
            double xx = 0;
            double yy = 0;
            double xy = 0;
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    double dx = ranksX[j] - lowered(ranksX[i], ranksX[j]) - mean;
                    double dy = ranksY[j] - lowered(ranksY[i], ranksY[j]) - mean;
                    xx += dx * dx;
                    yy += dy * dy;
                    xy += dx * dy;
                }
            }
            without[i] = ratio(xy, xx, yy);
        }
        return without;
    }

    private static double[] ranks(double[] values) {
        return values.length == 0 ? values : new NaturalRanking().rank(values);
    }

    /** By how much a rank falls when another example goes: not at all below it, by a half beside it. */
    private static double lowered(double gone, double rank) {
        return rank > gone ? 1 : rank == gone ? 0.5 : 0;
    }

    private static double ratio(double xy, double xx, double yy) {
        double r = xy / Math.sqrt(xx * yy);
        return xx <= 0 || yy <= 0 || Double.isNaN(r) ? 0 : Math.max(-1, Math.min(1, r));
    }
}
