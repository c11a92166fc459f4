package org.loradash.figure;

import java.io.Serializable;

/**
 * What a model says of an example whose label is known.
 *
 * @param example its number among those that are predicted together
 * @param label the number of its class, from 0; or its value
 * @param outputs a logit for each class, of which there are two at least; or the predicted value alone
 */
public record Prediction(int example, float label, float[] outputs) implements Serializable {

    /** Whether it is a class that is predicted, and not a value. */
    public boolean isOfClass() {
        return outputs.length > 1;
    }

    /** The class of the highest logit, of equal ones the first; or the value. */
    public float predicted() {
        if (!isOfClass()) {
            return outputs[0];
        }
        int best = 0;
        for (int i = 1; i < outputs.length; i++) {
            best = outputs[i] > outputs[best] ? i : best;
        }
        return best;
    }

    /** Whether the predicted class is the right one. */
    public boolean isCorrect() {
        return isOfClass() && predicted() == label;
    }

    /** The probability of each class. */
    public double[] probabilities() {
        double highest = outputs[(int) predicted()];
        double[] probabilities = new double[outputs.length];
        double sum = 0;
        for (int i = 0; i < outputs.length; i++) {
            probabilities[i] = Math.exp(outputs[i] - highest);
            sum += probabilities[i];
        }
        for (int i = 0; i < outputs.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    /** Cross-entropy of the right class, in nats; or the squared error. */
    public double loss() {
        if (!isOfClass()) {
            double error = (double) outputs[0] - label;
            return error * error;
        }
        double highest = outputs[(int) predicted()];
        double sum = 0;
        for (float output : outputs) {
            sum += Math.exp(output - highest);
        }
        return Math.log(sum) + highest - outputs[(int) label];
    }
}
