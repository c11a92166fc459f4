package org.loradash.train;

import java.io.Serializable;

/**
 * What one local step of a worker did.
 *
 * @param step index of the local step over the run
 * @param loss mean over the batch's weight
 * @param size how much was computed on, as the task counts it (tokens, examples)
 * @param computed how much of it went through the model, less where examples have something in common
 * @param weight how much the loss is a mean over (labelled tokens, examples)
 * @param learningRate the rate of this step
 */
public record StepReport(int step, double loss, long size, long computed, long weight, double learningRate)
        implements Serializable {}
