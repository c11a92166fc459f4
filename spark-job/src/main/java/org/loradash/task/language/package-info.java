/**
 * Next tokens: a decoder learns to continue texts; the loss is a mean over the labelled tokens.
 *
 * <p>May call: task, {@code model.decoder}, data and below. Must not know: other kinds of tasks, methods, optimisers, Spark.
 */
package org.loradash.task.language;
