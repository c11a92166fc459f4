/**
 * Classes and scores of texts, or of pairs of them: an encoder's head learns the class of each, or a number; the loss is a mean
 * over the texts.
 *
 * <p>May call: task, {@code model.encoder}, data and below. Must not know: other kinds of tasks, methods, optimisers, Spark.
 */
package org.loradash.task.classification;
