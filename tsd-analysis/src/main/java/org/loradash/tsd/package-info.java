/**
 * Task-specific directions of weight matrices (arXiv 2409.01035), without Spark and without training.
 *
 * <p>Lives here: what all packages below say of mistakes and failures ({@link org.loradash.tsd.InvalidInput}, {@link
 * org.loradash.tsd.Failure}), what is a secret ({@link org.loradash.tsd.Secrets}), numbers with their nouns
 * ({@link org.loradash.tsd.Counted}), and the parts of a layer's name ({@link org.loradash.tsd.TargetName}). The training job uses all of it.
 *
 * <p>May call: the JDK. Must not know: the packages below, the training job.
 */
package org.loradash.tsd;
