package org.loradash.task;

import java.util.List;
import org.loradash.figure.Prediction;

/**
 * What a batch or a slice of it comes to where it is not trained on.
 *
 * @param loss the sum over its weight
 * @param predictions of its examples; empty where the task predicts nothing
 */
public record Measurement(double loss, List<Prediction> predictions) {}
