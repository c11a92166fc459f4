/**
 * Questions answered, labels predicted and rows given answers by Spark tasks, and sweeps of runs that are compared by what these come to.
 *
 * <p>{@link org.loradash.spark.evaluation.EvaluationJob}, {@link org.loradash.spark.evaluation.PredictionJob} and {@link
 * org.loradash.spark.evaluation.SweepJob} are the doors. What differs
 * between questions and records is in {@code QuestionExamination} and {@code TextExamination}, between rows
 * that get texts and labels in {@code TextPredicting} and {@code LabelPredicting}.
 *
 * <p>May call: all that is below {@code spark}, and the rooms {@code training}, {@code source}, {@code rounds} and {@code
 * application}. Must not know: DL4J.
 */
package org.loradash.spark.evaluation;
