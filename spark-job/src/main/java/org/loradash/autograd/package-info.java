/**
 * Differentiation: a tape, the arena that holds what a step makes, and the operations of a transformer as pairs of a
 * forward and a backward, one file each.
 *
 * <p>An operation computes its value at once and records on the {@link org.loradash.autograd.Tape} what turns the
 * gradient of its result into gradients of its arguments. Nothing is recorded, and no gradient computed, for what no
 * trainable parameter reaches: frozen weights have none. A result that gets no gradient though it needs one, for nothing
 * that leads to the loss uses it, ends the backward with an exception. A tape and its arena belong to one thread.
 *
 * <p>Memory that two variables could both write to has one owner at a time:
 *
 * <ul>
 *   <li>A value's memory stays as it is until the backward of every operation that reads it has run. An operation that
 *       overwrites its argument ({@link org.loradash.autograd.Attention}, a gated input, {@link org.loradash.autograd.Sum})
 *       takes it: that must be an operation's result which nothing else reads, the result's own backward included. Otherwise
 *       a sum copies, the others throw. Who reads a value that was taken gets an exception. What the caller gave, and a
 *       block's inputs, are taken by nobody.
 *   <li>A gradient's memory may be shared by several variables, and is only read while it is. Who writes, to add or to
 *       overwrite, asks the tape for it ({@link org.loradash.autograd.Tape#gradientToAddTo}, {@link
 *       org.loradash.autograd.Tape#gradientToOverwrite}), which copies it unless the variable is the only holder. A sum
 *       shares its gradient with its arguments; a result lets go of its own when its backward has run. So on a residual
 *       stream x + f(norm(x)) the stream is the only holder when the norm adds to it, and nothing is copied.
 *   <li>An operation reads its result's gradient, and writes to those of its arguments and parameters alone. It takes the
 *       memory of its arguments' gradients before scratch memory that it gives back.
 *   <li>A block has a tape of its own. All that it uses from outside is among its inputs, whose gradients lie in memory from
 *       before its backward: those that they have, that of its result, or new memory. The rest is given back at its end.
 * </ul>
 *
 * <p>Low-rank changes stay beside their weight: adding b a to the weight once a step would save a third of their products,
 * two per cent of a step of a small model, but takes a copy of every adapted weight for each worker, does not go with
 * dropout, and does not pay where a slice has fewer tokens than the weight has rows.
 *
 * <p>May call: kernel, {@code tsd}. Must not know: models, methods, data files, settings, Spark.
 */
package org.loradash.autograd;
