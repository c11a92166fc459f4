/**
 * The command: what a person types, and what comes back as a line and an exit status.
 *
 * <p>Lives here: options, help, the way from any failure to a status. May be called: {@link org.loradash.cli.LoraDash}
 * as a main class. Must not be known here: how anything is trained.
 */
package org.loradash.cli;
