/**
 * What training means, without a cluster: schedules, the loss as a function of the trainable parameters, the state
 * between rounds, and averages of workers' results.
 *
 * <p>May be called: adapter, model, data and below. Must not be known here: Spark, DL4J.
 */
package org.loradash.train;
