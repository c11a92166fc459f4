package org.loradash.train;

import java.io.Serializable;

/**
 * A part of the flat vector of everything trainable whose elements are trained alike: factors, modules trained whole,
 * coordinates. Groups lie one behind the other; what they are of, nothing that trains them needs to know.
 *
 * @param name different from the others'
 * @param size how many elements
 * @param firstStep the step over the run which is these elements' first, for AdamW's bias correction
 * @param learningRate the schedule's largest
 * @param decays whether AdamW's weight decay shrinks them
 */
public record Group(String name, int size, int firstStep, double learningRate, boolean decays)
        implements Serializable {}
