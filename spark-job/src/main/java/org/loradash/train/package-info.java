/**
 * What training means, without a cluster: schedules, a task's loss as a function of the flat vector of everything
 * trainable, the groups that the vector consists of, the state between rounds, and averages of workers' results.
 *
 * <p>May be called: task, adapter, model and below. Must not be known here: what a batch is, Spark, DL4J.
 */
package org.loradash.train;
