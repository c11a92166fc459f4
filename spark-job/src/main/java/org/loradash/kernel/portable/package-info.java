/**
 * The operations in ND4J's own, so that they run wherever ND4J does. Nothing here reads the memory behind an array: only
 * indices and masks go from Java to the device, and a loss comes back.
 *
 * <p>Called by the operations, and by {@code kernel.fused} for products. Every function takes an operation whose arguments have
 * been checked.
 *
 * <p>May call: tensors, ND4J. Must not know: who checks, shares out or times operations.
 */
package org.loradash.kernel.portable;
