/**
 * Questions answered by Spark tasks, and sweeps of runs that are compared by their answers.
 *
 * <p>{@link org.loradash.spark.evaluation.EvaluationJob} and {@link org.loradash.spark.evaluation.SweepJob} are the doors.
 */
package org.loradash.spark.evaluation;
