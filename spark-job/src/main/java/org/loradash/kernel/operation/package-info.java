/**
 * The operations: a file each, a forward and its backward side by side.
 *
 * <p>An operation is a record of its arguments. It says what must hold of them ({@link org.loradash.kernel.Account}), how
 * it is cut in parts ({@link org.loradash.kernel.Cut}), and hands itself to its loops in {@code kernel.fused} and {@code
 * kernel.portable}. Nothing else has to hear of a new one. Who attends to whom, {@link
 * org.loradash.kernel.operation.AttentionShape}, lives here too.
 *
 * <p>May call: tensors, the two folders of loops, config. Must not know: who checks, shares out or times operations.
 */
package org.loradash.kernel.operation;
