/**
 * From the user's files to stores of encoded records, as Spark tasks, and from positions of a run to batches.
 *
 * <p>May call: run, task, data and below, and the rooms {@code rounds} and {@code application}. Must not know: DL4J, stages, one
 * kind of task or model.
 */
package org.loradash.spark.source;
