/**
 * The command: what a person types, and what comes back as a line and an exit status.
 *
 * <p>Lives here: options, help, the way from any failure to a status. {@link org.loradash.cli.LoraDash} is the main class.
 *
 * <p>May call: the jobs of {@code spark}, run, generate, adapter, config, {@code tsd}. Must not know: how anything is trained,
 * models, tasks, kernels. Nothing knows it.
 */
package org.loradash.cli;
