/**
 * Questions answered by Spark tasks, and sweeps of runs that are compared by their answers.
 *
 * <p>{@link org.loradash.spark.evaluation.EvaluationJob} and {@link org.loradash.spark.evaluation.SweepJob} are the doors.
 *
 * <p>May call: all that is below {@code spark}, and the rooms {@code training}, {@code source}, {@code rounds} and {@code
 * application}. Must not know: DL4J.
 */
package org.loradash.spark.evaluation;
