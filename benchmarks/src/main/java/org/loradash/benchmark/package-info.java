/**
 * The command {@code benchmarks/run}: a file for each subcommand, and how they print.
 *
 * <p>May call: everything. Nothing outside this module knows it.
 */
package org.loradash.benchmark;
