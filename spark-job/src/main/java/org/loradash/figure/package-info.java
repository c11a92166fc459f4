/**
 * How good predictions are whose right answers are known: figures with intervals, and what is shown of the mistakes.
 *
 * <p>{@link org.loradash.figure.Estimate} is the door for a figure, {@link org.loradash.figure.Judgements} for what a page shows.
 *
 * <p>May call: config, {@code tsd}. Must not know: models, tasks, Spark.
 */
package org.loradash.figure;
