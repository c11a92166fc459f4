/**
 * The house guest: a model that is no transformer and a task that is no language, made through the seams that any jar beside
 * this one has, {@link org.loradash.model.Architecture} and {@link org.loradash.task.TaskKind}. Nothing outside this package
 * knows of it but a line in each of the two lists of services among the test resources, and the test that trains it.
 *
 * <p>{@link org.loradash.guest.RegressorArchitecture} reads the config, {@link org.loradash.guest.RegressorShape} says
 * what the model consists of, {@link org.loradash.guest.Regressor} computes it, {@link
 * org.loradash.guest.VectorRegression} is the task, and {@link org.loradash.guest.RegressorReference} computes the whole
 * training once more, in double precision and without any of the engine.
 */
package org.loradash.guest;
