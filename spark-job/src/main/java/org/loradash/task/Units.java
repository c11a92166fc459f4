package org.loradash.task;

import java.io.Serializable;

/**
 * How a task counts its work, for metrics and messages.
 *
 * @param size what is computed on, in the plural, as a key of metrics.jsonl: tokens, examples
 * @param weight what a loss is a mean over, likewise: labelled_tokens, examples
 * @param nothing what is said of a batch whose weight is zero
 */
public record Units(String size, String weight, String nothing) implements Serializable {}
