/**
 * A round as Spark sees it: pure tasks from (state, plan, worker) to pieces, a shuffle that brings all pieces of a chunk
 * together, and their average in the order of the workers.
 *
 * <p>Everything is a function of (state, plan, worker), so repeated and speculative tasks change no bit. What a step computes
 * on is not known here: a batch is whatever the {@link org.loradash.spark.rounds.BatchSource} gives.
 *
 * <p>May call: train and below. Must not know: the other rooms, DL4J, files, one kind of task or model.
 */
package org.loradash.spark.rounds;
