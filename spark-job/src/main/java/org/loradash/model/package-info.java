/**
 * What a model must say of itself to be adapted: its linear layers by name and shape, and a loss from a batch.
 *
 * <p>Lives here: {@link org.loradash.model.Model} and what any architecture shares: which layers names mean ({@link
 * org.loradash.model.TargetNames}), what changes them during a pass ({@link org.loradash.model.Changes}) and in their weights
 * ({@link org.loradash.model.Merge}). Each architecture has a package of its
 * own below this one, with Config, Weights, and a forward that reads like its paper; {@link
 * org.loradash.model.ModelDirectory} lists them. May be called: autograd, kernel, and {@code tsd.io} for files. Must not
 * be known here: methods of adaptation, optimisers, Spark.
 */
package org.loradash.model;
