/**
 * Training over a cluster: the driver's rounds as pure Spark tasks, on DL4J Spark's interfaces.
 *
 * <p>{@link org.loradash.spark.Rounds} trains a stage: it makes a DL4J network of one layer ({@link
 * org.loradash.spark.AdaptedModel}) whose parameters are the flat vector of everything trainable, and gives it to DL4J's
 * SparkDl4jMultiLayer with a {@link org.loradash.spark.RoundTrainingMaster}, whose fitPaths runs the rounds. The paths
 * are the location of the data, once for each logical worker: partition w is worker w, which reads its own batches there
 * by position ({@link org.loradash.spark.BatchSource}).
 *
 * <p>A round broadcasts the state; P tasks each take F local steps on a network of their process; their vectors, cut in
 * chunks, are shuffled so that one task averages all pieces of a chunk in the order of the workers' numbers; the driver
 * collects the averages. Everything is a function of (state, plan, worker), so repeated and speculative tasks change no
 * bit.
 *
 * <p>May be called: train and below. Only this package, and the command that starts it, knows Spark and DL4J.
 */
package org.loradash.spark;
