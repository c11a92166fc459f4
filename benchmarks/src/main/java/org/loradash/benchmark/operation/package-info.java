/**
 * JMH benchmarks of the engine's operations, in the shapes that a step of SmolLM2-135M gives them, and of what they cannot
 * beat. All threads compute each operation together, as in a step, and arguments come from memory, not from caches.
 *
 * <p>May call: the job's kernels, {@code benchmark.kernel}. Must not know: models, data, commands.
 */
package org.loradash.benchmark.operation;
