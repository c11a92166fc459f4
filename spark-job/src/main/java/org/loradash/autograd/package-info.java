/**
 * Differentiation: a tape, the arena that holds what a step makes, and the operations of a transformer as pairs of a
 * forward and a backward, one file each.
 *
 * <p>An operation computes its value at once and records on the {@link org.loradash.autograd.Tape} what turns the
 * gradient of its result into gradients of its arguments. Nothing is recorded, and no gradient computed, for what no
 * trainable parameter reaches: frozen weights have none. A tape and its arena belong to one thread.
 *
 * <p>Low-rank changes stay beside their weight: adding b a to the weight once a step would save a third of their products,
 * two per cent of a step of a small model, but takes a copy of every adapted weight for each worker, does not go with
 * dropout, and does not pay where a slice has fewer tokens than the weight has rows.
 *
 * <p>May be called: kernel. Must not be known here: models, methods of adaptation, data files, Spark.
 */
package org.loradash.autograd;
