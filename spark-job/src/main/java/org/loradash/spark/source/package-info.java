/**
 * From the user's files and tables to stores of encoded records, as Spark tasks, and from positions of a run to batches.
 *
 * <p>{@link org.loradash.spark.source.Source} says who reads an entry: the job, in whole files or parts of them, or Spark, whose rows
 * {@code OrderedRows} puts in an order that does not depend on how they are parted. {@code StoreWriter} numbers what tasks make of both.
 *
 * <p>May call: run, task, data and below, and the rooms {@code rounds} and {@code application}. Must not know: DL4J, stages, one
 * kind of task or model.
 */
package org.loradash.spark.source;
