/**
 * The command {@code benchmarks/run}: a file for each subcommand, and how they print.
 *
 * <p>May be called: everything. Nothing outside this module may know it.
 */
package org.loradash.benchmark;
