/**
 * Noise in the latents of pictures: a U-Net learns what of noised latents is noise, as a prompt describes the picture (arXiv
 * 2006.11239); of one subject's photos with a prompt of their own that is DreamBooth (arXiv 2208.12242). The loss is a mean over
 * examples, of each the mean square over its elements.
 *
 * <p>Noise, time step and the draw from the autoencoder's posterior come from the seed of a slice, which follows from run, step and
 * worker, unless the user gives them.
 *
 * <p>May call: task, {@code model.diffusion}, data and below. Must not know: other kinds of tasks, methods, optimisers, Spark.
 */
package org.loradash.task.denoising;
