/**
 * Kernels that are watched: what each kind of operation takes, and the products of a step, to be run again by themselves.
 *
 * <p>May be called: the engine's kernels. Must not be known here: models, data, commands.
 */
package org.loradash.benchmark.kernel;
