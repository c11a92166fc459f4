package org.loradash.figure;

import java.util.List;

/**
 * Which classes are taken for which.
 *
 * @param counts of examples: a row for each class as label, a column for each as prediction
 */
public record Confusion(long[][] counts) {

    /** @param predictions of classes, one at least */
    public static Confusion of(List<Prediction> predictions) {
        int classes = predictions.get(0).outputs().length;
        long[][] counts = new long[classes][classes];
        predictions.forEach(of -> counts[(int) of.label()][(int) of.predicted()]++);
        return new Confusion(counts);
    }

    /** The same with one example less. */
    Confusion without(int label, int predicted) {
        long[][] fewer = new long[counts.length][];
        for (int i = 0; i < fewer.length; i++) {
            fewer[i] = counts[i].clone();
        }
        fewer[label][predicted]--;
        return new Confusion(fewer);
    }

    /** How many examples have the predicted class. */
    long correct() {
        long correct = 0;
        for (int c = 0; c < counts.length; c++) {
            correct += counts[c][c];
        }
        return correct;
    }

    long examples() {
        long examples = 0;
        for (int c = 0; c < counts.length; c++) {
            examples += labelled(c);
        }
        return examples;
    }

    /** 2 TP / (2 TP + FP + FN) of a class; 0 where it is neither a label nor predicted. */
    double f1(int of) {
        long either = labelled(of) + predicted(of);
        return either == 0 ? 0 : 2.0 * counts[of][of] / either;
    }

    /** The mean of F1 over the classes that are labels or predicted. */
    double macroF1() {
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < counts.length; c++) {
            sum += f1(c);
            classes += labelled(c) + predicted(c) > 0 ? 1 : 0;
        }
        return sum / Math.max(1, classes);
    }

    /**
     * Matthews' correlation coefficient (B. W. Matthews, Biochimica et Biophysica Acta 405, 1975), for more than two classes
     * as J. Gorodkin has it (Computational Biology and Chemistry 28, 2004): with c right of s examples, t_k labels and p_k
     * predictions of class k,
     *
     * <pre>(c s - sum_k t_k p_k) / sqrt((s^2 - sum_k p_k^2) (s^2 - sum_k t_k^2))</pre>
     *
     * and 0 where all labels or all predictions are of one class.
     */
    double matthews() {
        double s = examples();
        double both = 0;
        double ofPredictions = 0;
        double ofLabels = 0;
        for (int k = 0; k < counts.length; k++) {
            double t = labelled(k);
            double p = predicted(k);
            both += t * p;
            ofPredictions += p * p;
            ofLabels += t * t;
        }
        double squares = (s * s - ofPredictions) * (s * s - ofLabels);
        return squares == 0 ? 0 : (correct() * s - both) / Math.sqrt(squares);
    }

    private long labelled(int of) {
        long sum = 0;
        for (long count : counts[of]) {
            sum += count;
        }
        return sum;
    }

    private long predicted(int of) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[of];
        }
        return sum;
    }
}
