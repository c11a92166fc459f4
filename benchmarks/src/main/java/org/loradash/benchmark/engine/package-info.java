/**
 * The training step to be measured: records, models made of random numbers, the engine with its optimiser, and what a
 * sequence of steps took.
 *
 * <p>May call: the job's packages below Spark, and the plan that {@code spark.training} makes of settings. Must not know:
 * commands, Spark.
 */
package org.loradash.benchmark.engine;
