/**
 * Runs that are told to a tracking server while they train, so that they can be followed from outside: MLflow, over its REST
 * interface.
 *
 * <p>The server is no part of a run. What it is told goes through a queue of limited length to a thread of its own, each
 * request is limited in time, and what fails is one line in the log: nothing here fails a run or makes it wait, but for a
 * limited time at its end.
 *
 * <p>May call: run, task, config, {@code tsd}. Must not know: what trains, Spark.
 */
package org.loradash.tracking;
