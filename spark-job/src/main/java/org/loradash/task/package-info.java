/**
 * What a step computes on, and its loss: a folder for each kind of task.
 *
 * <p>A {@link org.loradash.task.Task} turns records into examples, examples into batches, batches into slices, and a slice into
 * a loss on a model. {@link org.loradash.task.TaskKind}s are services that {@code task.kind} names. Whatever is above this
 * package carries batches without knowing what they are.
 *
 * <p>May call: model, data, figure and below. Must not know: methods, optimisers, Spark.
 */
package org.loradash.task;
