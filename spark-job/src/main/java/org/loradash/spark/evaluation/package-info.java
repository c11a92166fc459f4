/**
 * Questions answered and labels predicted by Spark tasks, and sweeps of runs that are compared by what these come to.
 *
 * <p>{@link org.loradash.spark.evaluation.EvaluationJob} and {@link org.loradash.spark.evaluation.SweepJob} are the doors. What differs
 * between questions and records is in {@code QuestionExamination} and {@code TextExamination}.
 *
 * <p>May call: all that is below {@code spark}, and the rooms {@code training}, {@code source}, {@code rounds} and {@code
 * application}. Must not know: DL4J.
 */
package org.loradash.spark.evaluation;
