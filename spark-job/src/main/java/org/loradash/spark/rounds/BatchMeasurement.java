package org.loradash.spark.rounds;

import java.io.Serializable;
import java.util.List;
import org.loradash.figure.Prediction;

/**
 * What a batch that is not trained on comes to.
 *
 * @param loss the sum over the batch's weight
 * @param weight what its mean is taken over
 * @param predictions one for each of its records, in their order; empty where the task predicts nothing
 */
public record BatchMeasurement(double loss, long weight, List<Prediction> predictions) implements Serializable {}
