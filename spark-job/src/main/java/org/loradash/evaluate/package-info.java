/**
 * Questions whose right answers are known and records with labels: what a model says to them, how much of it is right, and
 * where that is kept.
 *
 * <p>Lives here: {@link org.loradash.evaluate.TestSet}, sets of questions, eight of commonsense reasoning among them, and how an answer is found
 * in a text; {@link org.loradash.evaluate.Questions}, which reads and checks them; {@link
 * org.loradash.evaluate.Answerer}, a model that answers; {@link org.loradash.evaluate.Accuracies} and {@link
 * org.loradash.evaluate.Predicted}, the figures of answers and of predictions; {@link
 * org.loradash.evaluate.EvaluationDirectory} and {@link org.loradash.evaluate.PredictionDirectory}, the files; {@link org.loradash.evaluate.Comparison}, several ways of training
 * side by side, by their {@link org.loradash.evaluate.Scores}.
 *
 * <p>May call: generate, adapter, model, kernel, data, figure, config, {@code tsd}. Must not know: training, tasks, runs, Spark.
 */
package org.loradash.evaluate;
