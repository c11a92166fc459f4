/**
 * The command {@code tsd}: what a person types, and what comes back as lines, files and an exit status.
 *
 * <p>Lives here: options, help, what is said on the terminal, which figures go on the page, the way from any failure to
 * a status. May be called: {@link org.loradash.tsd.cli.Tsd} as a main class. Must not be known here: how anything is
 * computed.
 */
package org.loradash.tsd.cli;
