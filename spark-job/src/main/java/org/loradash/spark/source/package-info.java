/**
 * From the user's files to stores of encoded records, as Spark tasks, and from positions of a run to batches.
 *
 * <p>May be called: data, task and below, {@code spark.rounds}. Must not be known here: DL4J, stages.
 */
package org.loradash.spark.source;
