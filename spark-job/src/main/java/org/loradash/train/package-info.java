/**
 * What training means, without a cluster: schedules, a task's loss as a function of the flat vector of everything
 * trainable, the groups that the vector consists of, the state between rounds, and averages of workers' results.
 *
 * <p>May call: task, adapter, model and below. Must not know: what a batch is, one kind of task or model, data, Spark, DL4J.
 */
package org.loradash.train;
