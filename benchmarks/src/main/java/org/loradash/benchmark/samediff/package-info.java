/**
 * The same small network, SwiGLU blocks with low-rank changes, forward and backward in ND4J's SameDiff and on our tape.
 *
 * <p>May call: autograd, the job's kernels, {@code benchmark.kernel}, SameDiff. Must not know: models, data, commands.
 */
package org.loradash.benchmark.samediff;
