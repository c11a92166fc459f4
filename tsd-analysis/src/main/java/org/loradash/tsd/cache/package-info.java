/**
 * Singular value decompositions kept from one run to the next: a directory for each model hash
 * ({@link org.loradash.tsd.cache.ModelHash}), in it a safetensors file for each target with {@code u}, {@code sigma} and
 * {@code v} ({@link org.loradash.tsd.cache.DecompositionCache}). The training job and the analysis share it.
 *
 * <p>May call: linalg (for what a decomposition is), io. Must not know: how one is computed, what it is for.
 */
package org.loradash.tsd.cache;
