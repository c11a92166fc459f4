/**
 * The training step to be measured: records, models made of random numbers, the engine with its optimiser, and what a
 * sequence of steps took.
 *
 * <p>May be called: the job's packages below Spark. Must not be known here: commands, Spark.
 */
package org.loradash.benchmark.engine;
