package org.loradash.figure;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.loradash.config.Figure;

/**
 * A figure of predictions.
 *
 * @param interval its 95 % interval: how far other examples would move it; nothing where there are too few to say
 */
public record Estimate(double value, Optional<Interval> interval) {
    private static final double Z = new NormalDistribution().inverseCumulativeProbability(0.975);

    /**
     * A figure with its interval: Wilson's of an accuracy ({@link Proportion}); of correlations Fisher's, which is normal
     * about atanh(r) with variance 1 / (n - 3) for Pearson's and (1 + r^2 / 2) / (n - 3) for Spearman's (D. G. Bonett, T. A.
     * Wright, Psychometrika 65, 2000); of all others the jackknife's, which is normal about the figure with the variance of the
     * {@link #pseudoValues} over n, and ends where the figure does.
     *
     * @param predictions one at least, all of classes or all of values, as the figure needs them
     */
    public static Estimate of(Figure figure, List<Prediction> predictions) {
        double value = value(figure, predictions);
        int n = predictions.size();
        Optional<Interval> interval =
                switch (figure) {
                    case ACCURACY -> Optional.of(
                            new Proportion((int) Confusion.of(predictions).correct(), n).interval());
                    case PEARSON -> fisher(value, 1, n);
                    case SPEARMAN -> fisher(value, 1 + value * value / 2, n);
                    case F1, MACRO_F1 -> jackknife(figure, predictions, value, 0, 1);
                    case MATTHEWS -> jackknife(figure, predictions, value, -1, 1);
                    case LOSS -> jackknife(figure, predictions, value, 0, Double.MAX_VALUE);
                };
        return new Estimate(value, interval);
    }

    /**
     * What is told of predictions beside their loss, in this order.
     *
     * @param outputs of the model: as many as there are classes, or 1 for a value
     */
    public static List<Figure> figures(int outputs) {
        return outputs == 1
                ? List.of(Figure.PEARSON, Figure.SPEARMAN)
                : List.of(Figure.ACCURACY, outputs == 2 ? Figure.F1 : Figure.MACRO_F1, Figure.MATTHEWS);
    }

    /** A figure alone. */
    public static double value(Figure figure, List<Prediction> predictions) {
        return switch (figure) {
            case LOSS -> Arrays.stream(values(predictions, Prediction::loss))
                    .average()
                    .orElseThrow();
            case ACCURACY, F1, MACRO_F1, MATTHEWS -> value(figure, Confusion.of(predictions));
            case PEARSON -> Correlation.pearson(
                    values(predictions, Prediction::label), values(predictions, Prediction::predicted));
            case SPEARMAN -> Correlation.spearman(
                    values(predictions, Prediction::label), values(predictions, Prediction::predicted));
        };
    }

    private static double value(Figure figure, Confusion confusion) {
        return switch (figure) {
            case ACCURACY -> (double) confusion.correct() / confusion.examples();
            case F1 -> confusion.f1(1);
            case MACRO_F1 -> confusion.macroF1();
            case MATTHEWS -> confusion.matthews();
            case LOSS, PEARSON, SPEARMAN -> throw new IllegalArgumentException(figure + " (must be of classes)");
        };
    }

    /**
     * What each example adds to a figure, as the jackknife has it (R. G. Miller, Biometrika 61, 1974): with the figure t of n
     * examples and t_i of all but the i-th,
     *
     * <pre>n t - (n - 1) t_i</pre>
     *
     * which for a mean is the example's own value. The sample variance of these over n estimates the variance of t (B. Efron,
     * C. Stein, Annals of Statistics 9, 1981).
     *
     * @return one for each prediction; of a single one its figure
     */
    public static double[] pseudoValues(Figure figure, List<Prediction> predictions) {
        if (figure == Figure.LOSS) {
            return values(predictions, Prediction::loss);
        }
        double value = value(figure, predictions);
        int n = predictions.size();
        if (n < 2) {
            return new double[] {value};
        }
        double[] without = withoutEach(figure, predictions);
        double[] pseudoValues = new double[n];
        for (int i = 0; i < n; i++) {
            pseudoValues[i] = n * value - (n - 1) * without[i];
        }
        return pseudoValues;
    }

    private static double[] withoutEach(Figure figure, List<Prediction> predictions) {
        double[] labels = values(predictions, Prediction::label);
        double[] predicted = values(predictions, Prediction::predicted);
        return switch (figure) {
            case PEARSON -> Correlation.pearsonWithoutEach(labels, predicted);
            case SPEARMAN -> Correlation.spearmanWithoutEach(labels, predicted);
            default -> withoutEach(figure, Confusion.of(predictions), labels, predicted);
        };
    }

    /** Examples of one label and one prediction all leave the same behind. */
    private static double[] withoutEach(Figure figure, Confusion confusion, double[] labels, double[] predicted) {
        int classes = confusion.counts().length;
        double[][] left = new double[classes][classes];
        for (int label = 0; label < classes; label++) {
            for (int prediction = 0; prediction < classes; prediction++) {
                if (confusion.counts()[label][prediction] > 0) {
                    left[label][prediction] = value(figure, confusion.without(label, prediction));
                }
            }
        }
        double[] without = new double[labels.length];
        for (int i = 0; i < without.length; i++) {
            without[i] = left[(int) labels[i]][(int) predicted[i]];
        }
        return without;
    }

    private static double[] values(List<Prediction> predictions, ToDoubleFunction<Prediction> value) {
        return predictions.stream().mapToDouble(value).toArray();
    }

    private static Optional<Interval> fisher(double r, double variance, int n) {
        if (n < 4) {
            return Optional.empty();
        }
        double half = Z * Math.sqrt(variance / (n - 3));
        double centre = 0.5 * Math.log((1 + r) / (1 - r));
        return Optional.of(new Interval(Math.tanh(centre - half), Math.tanh(centre + half)));
    }

    private static Optional<Interval> jackknife(
            Figure figure, List<Prediction> predictions, double value, double least, double most) {
        int n = predictions.size();
        if (n < 2) {
            return Optional.empty();
        }
        double half = Z * Math.sqrt(StatUtils.variance(pseudoValues(figure, predictions)) / n);
        return Optional.of(new Interval(Math.max(least, value - half), Math.min(most, value + half)));
    }
}
