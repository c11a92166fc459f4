/**
 * The same small network, SwiGLU blocks with low-rank changes, forward and backward in ND4J's SameDiff and on our tape.
 *
 * <p>Must not be known here: models, data, commands.
 */
package org.loradash.benchmark.samediff;
