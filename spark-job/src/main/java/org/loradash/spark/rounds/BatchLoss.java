package org.loradash.spark.rounds;

import java.io.Serializable;

/**
 * The loss of a batch that is not trained on.
 *
 * @param sum over the batch's weight
 * @param weight what its mean is taken over
 */
public record BatchLoss(double sum, long weight) implements Serializable {}
