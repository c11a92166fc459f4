package org.loradash.train;

import java.io.Serializable;

/**
 * What one local step of a worker did.
 *
 * @param step index of the local step over the run
 * @param loss mean over the batch's labelled tokens
 * @param tokens tokens processed, without padding
 * @param labelledTokens those with a target
 * @param learningRate the rate of this step
 */
public record StepReport(int step, double loss, int tokens, int labelledTokens, double learningRate)
        implements Serializable {}
