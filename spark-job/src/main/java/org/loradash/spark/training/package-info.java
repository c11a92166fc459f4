/**
 * The driver's run: what is checked before it, its stages, the boundary between them, measurements on held-out records,
 * decompositions as tasks, checkpoints when they are due, and what it leaves.
 *
 * <p>{@link org.loradash.spark.training.TrainingJob} is the door.
 *
 * <p>May call: all that is below {@code spark}, and the rooms {@code source}, {@code dl4j}, {@code rounds} and {@code
 * application}. Must not know: DL4J itself, one kind of task or model.
 */
package org.loradash.spark.training;
