/**
 * The driver's run: what is checked before it, its stages, the boundary between them, measurements on held-out records,
 * decompositions as tasks, checkpoints when they are due, and what it leaves.
 *
 * <p>{@link org.loradash.spark.training.TrainingJob} is the door. May be called: all that is below, and the rooms
 * {@code rounds}, {@code dl4j}, {@code source} and {@code application}.
 */
package org.loradash.spark.training;
