/**
 * Kernels that are watched: what each kind of operation takes, and the products of a step, to be run again by themselves.
 *
 * <p>May call: the job's kernels. Must not know: models, data, commands.
 */
package org.loradash.benchmark.kernel;
