package org.loradash.spark.dl4j;

import java.util.Arrays;
import org.loradash.config.TrainingSettings;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.LearningRate;

/** Parameter-averaged AdamW on least squares, written out in double precision on one thread. */
final class Reference {
    private final TrainingSettings training;
    private final LearningRate rate;
    private double[] theta;
    private double[] m;
    private double[] v;
    private int step;
    private long cursor;

    Reference(TrainingSettings training, int totalSteps, float[] start) {
        this.training = training;
        this.rate = new LearningRate(training.learningRate(), training.schedule(), training.warmupSteps(), totalSteps);
        theta = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            theta[i] = start[i];
        }
        m = new double[start.length];
        v = new double[start.length];
    }

    double[] theta() {
        return theta;
    }

    double[] firstMoments() {
        return m;
    }

    void addCoordinates(int count) {
        theta = Arrays.copyOf(theta, theta.length + count);
        m = Arrays.copyOf(m, theta.length);
        v = Arrays.copyOf(v, theta.length);
    }

    /** Rounds until a step; parameters from the index on count their steps from that one. */
    void train(int untilStep, int coordinatesAt, int coordinatesFrom) {
        int size = theta.length;
        while (step < untilStep) {
            int steps = Math.min(training.localSteps(), untilStep - step);
            double[][] sums = new double[3][size];
            double weights = 0;
            for (int worker = 0; worker < training.workers(); worker++) {
                double[] own = theta.clone();
                double[] first = m.clone();
                double[] second = v.clone();
                int tokens = 0;
                for (int f = 0; f < steps; f++) {
                    long record = cursor + ((long) worker * steps + f) * training.batchSize();
                    TokenBatch batch = LeastSquares.batch(record, training.batchSize());
                    tokens += batch.labelledTokens();
                    double[] gradient = clipped(gradient(batch, own));
                    for (int i = 0; i < size; i++) {
                        int t = step + f + 1 - (i >= coordinatesAt ? coordinatesFrom : 0);
                        first[i] = training.beta1() * first[i] + (1 - training.beta1()) * gradient[i];
                        second[i] = training.beta2() * second[i] + (1 - training.beta2()) * gradient[i] * gradient[i];
                        double lr = rate.at(step + f);
                        own[i] *= 1 - lr * training.weightDecay();
                        own[i] -= lr
                                * (first[i] / (1 - Math.pow(training.beta1(), t)))
                                / (Math.sqrt(second[i] / (1 - Math.pow(training.beta2(), t))) + training.epsilon());
                    }
                }
                weights += tokens;
                for (int i = 0; i < size; i++) {
                    sums[0][i] += tokens * own[i];
                    sums[1][i] += tokens * first[i];
                    sums[2][i] += tokens * second[i];
                }
            }
            for (int i = 0; i < size; i++) {
                theta[i] = sums[0][i] / weights;
                m[i] = sums[1][i] / weights;
                v[i] = sums[2][i] / weights;
            }
            step += steps;
            cursor += (long) training.workers() * steps * training.batchSize();
        }
    }

    private double[] clipped(double[] gradient) {
        double squares = 0;
        for (double slope : gradient) {
            squares += slope * slope;
        }
        double scale = Math.min(1, training.gradientClipping() / (Math.sqrt(squares) + 1e-6));
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= scale;
        }
        return gradient;
    }

    private static double[] gradient(TokenBatch batch, double[] theta) {
        double[] gradient = new double[theta.length];
        for (int i = 0; i < batch.tokens().length; i++) {
            if (batch.targets()[i] >= 0) {
                int one = batch.tokens()[i] % theta.length;
                int other = (batch.tokens()[i] * 7 + 1) % theta.length;
                double error = (theta[one] + theta[other] - 0.1 * batch.targets()[i]) / batch.labelledTokens();
                gradient[one] += error;
                gradient[other] += error;
            }
        }
        return gradient;
    }
}
