/**
 * Text-to-image diffusion in latents: the parts of SDXL's pipeline directory (arXiv 2307.01952).
 *
 * <p>A {@link org.loradash.model.diffusion.PipelineDirectory} is read part by part: a {@link
 * org.loradash.model.diffusion.PromptEncoder} makes states of a prompt's tokens by two {@link org.loradash.model.diffusion.TextEncoder}s, an {@link
 * org.loradash.model.diffusion.Autoencoder} latents of a picture and a picture of latents, a {@link
 * org.loradash.model.diffusion.NoiseSchedule} says how much noise a time step has, {@link
 * org.loradash.model.diffusion.EulerSampler} goes back from noise to latents by what a {@link org.loradash.model.diffusion.Unet} predicts, which a {@link
 * org.loradash.model.diffusion.Sampling} asks it for as prompts say.
 * The U-Net is computed on a tape, so that what changes its linear layers can be trained; the other parts forwards alone. A picture's channels lie in a {@link org.loradash.model.diffusion.Grid}, a row a place.
 *
 * <p>May call: model, autograd, kernel. Must not know: tasks, data, methods, optimisers, Spark.
 */
package org.loradash.model.diffusion;
