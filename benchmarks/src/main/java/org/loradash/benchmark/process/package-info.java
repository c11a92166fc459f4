/**
 * Other processes whose results are compared: our own command, the peer in Python, the job through Spark.
 *
 * <p>Must not be known here: the engine, commands.
 */
package org.loradash.benchmark.process;
