/**
 * A round as Spark sees it: pure tasks from (state, plan, worker) to pieces, a shuffle that brings all pieces of a chunk
 * together, and their average in the order of the workers.
 *
 * <p>Everything is a function of (state, plan, worker), so repeated and speculative tasks change no bit. What a step computes
 * on is not known here: a batch is whatever the {@link org.loradash.spark.rounds.BatchSource} gives.
 *
 * <p>May be called: train and below. Must not be known here: DL4J, files, models.
 */
package org.loradash.spark.rounds;
