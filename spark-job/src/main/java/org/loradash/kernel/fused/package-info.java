/**
 * The operations' loops on a CPU: single passes over the host's memory, by the JDK's Vector API.
 *
 * <p>May be called: by the operations alone. Every function takes an operation whose arguments have been checked, and
 * scratch memory of its thread. All but {@link
 * org.loradash.kernel.fused.FewRowsProduct} load only where the Vector API's module is.
 */
package org.loradash.kernel.fused;
