/**
 * The operations in ND4J's own, so that they run wherever ND4J does. Nothing here reads the memory behind an array: only
 * indices and masks go from Java to the device, and a loss comes back.
 *
 * <p>May be called: by the operations alone. Every function takes an operation whose arguments have been checked.
 */
package org.loradash.kernel.portable;
