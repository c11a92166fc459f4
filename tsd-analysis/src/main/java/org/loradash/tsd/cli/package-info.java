/**
 * The command {@code tsd}: what a person types, and what comes back as lines, files and an exit status.
 *
 * <p>Lives here: options, help, what is said on the terminal, which figures go on the page, the way from any failure to
 * a status. {@link org.loradash.tsd.cli.Tsd} is the main class. The job's command runs through
 * {@link org.loradash.tsd.cli.CommandRun} too.
 *
 * <p>May call: everything of {@code tsd}. Must not know: how anything is computed.
 */
package org.loradash.tsd.cli;
