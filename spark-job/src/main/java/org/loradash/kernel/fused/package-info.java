/**
 * The operations' loops on a CPU: single passes over the host's memory, by the JDK's Vector API.
 *
 * <p>Called by the operations alone. Every function takes an operation whose arguments have been checked, and
 * scratch memory of its thread. All but {@link
 * org.loradash.kernel.fused.FewRowsProduct} load only where the Vector API's module is.
 *
 * <p>May call: tensors, and {@code kernel.portable} for products. Must not know: who checks, shares out or times operations.
 */
package org.loradash.kernel.fused;
