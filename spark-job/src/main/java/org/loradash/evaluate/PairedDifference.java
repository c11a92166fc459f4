package org.loradash.evaluate;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.loradash.figure.Interval;

/**
 * How far the average score of one way of training is from another's: over runs in pairs of the same seed, given the same
 * questions or records. Two things are drawn at random, the runs and these, and each interval says how far another draw of one
 * of them would move the difference while the other stays as it is.
 *
 * @param value the mean over pairs of runs of the difference of their averages, each set of the same weight
 * @param overSeeds its 95 % interval over pairs of runs (Student's t); nothing for a single pair
 * @param overItems its 95 % interval over questions or records, of differences that are means over the pairs (normal);
 *     nothing where a set has a single one
 */
public record PairedDifference(double value, Optional<Interval> overSeeds, Optional<Interval> overItems) {
    private static final double UPPER = 0.975;
    private static final double Z = new NormalDistribution().inverseCumulativeProbability(UPPER);

    /**
     * With averages a_s and b_s of the pair s of S, d_s = a_s - b_s, mean d and sample standard deviation e of the d_s:
     *
     * <pre>d -+ t(0.975, S - 1) e / sqrt(S)</pre>
     *
     * and with g_ki the mean over s of the difference of what question or record i of n_k of set k of K adds to the figure, and
     * v_k their sample variance over i:
     *
     * <pre>d -+ 1.96 sqrt(sum_k v_k / n_k) / K</pre>
     *
     * @param scores one a pair at least
     * @param others in the same order, of the same questions or records
     */
    public static PairedDifference of(List<Scores> scores, List<Scores> others) {
        int pairs = scores.size();
        if (pairs == 0 || pairs != others.size()) {
            throw new IllegalArgumentException(
                    "%d runs and %d others (must be as many, one at least)".formatted(pairs, others.size()));
        }
        double[] differences = new double[pairs];
        for (int s = 0; s < pairs; s++) {
            differences[s] = scores.get(s).average() - others.get(s).average();
        }
        double mean = StatUtils.mean(differences);
        return new PairedDifference(mean, overSeeds(mean, differences), overItems(mean, scores, others));
    }

    private static Optional<Interval> overSeeds(double mean, double[] differences) {
        int pairs = differences.length;
        if (pairs < 2) {
            return Optional.empty();
        }
        double t = new TDistribution(pairs - 1).inverseCumulativeProbability(UPPER);
        return Optional.of(around(mean, t * Math.sqrt(StatUtils.variance(differences) / pairs)));
    }

    private static Optional<Interval> overItems(double mean, List<Scores> scores, List<Scores> others) {
        double variance = 0;
        for (String set : scores.get(0).bySet().keySet()) {
            double[] differences = new double[scores.get(0).bySet().get(set).items().length];
            if (differences.length < 2) {
                return Optional.empty();
            }
            for (int s = 0; s < scores.size(); s++) {
                double[] ours = scores.get(s).bySet().get(set).items();
                double[] theirs = others.get(s).bySet().get(set).items();
                if (ours.length != differences.length || theirs.length != differences.length) {
                    throw new IllegalArgumentException(set + ": not the same questions or records (must be)");
                }
                for (int i = 0; i < differences.length; i++) {
                    differences[i] += (ours[i] - theirs[i]) / scores.size();
                }
            }
            variance += StatUtils.variance(differences) / differences.length;
        }
        return Optional.of(
                around(mean, Z * Math.sqrt(variance) / scores.get(0).bySet().size()));
    }

    private static Interval around(double mean, double half) {
        return new Interval(mean - half, mean + half);
    }
}
