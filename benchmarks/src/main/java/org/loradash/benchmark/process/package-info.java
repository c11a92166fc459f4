/**
 * Other processes whose results are compared: our own command, the peer in Python, the job through Spark.
 *
 * <p>May call: the job through its command or {@code spark.training}, config, {@code tsd}. Must not know: the engine, commands.
 */
package org.loradash.benchmark.process;
