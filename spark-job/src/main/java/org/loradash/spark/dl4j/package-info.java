/**
 * DL4J's part: the adapted model as a network of one layer whose parameters are the flat vector of everything trainable, its
 * updater, and the training master that runs the rounds.
 *
 * <p>{@link org.loradash.spark.dl4j.Rounds} is the door: it makes the network and gives it to DL4J's SparkDl4jMultiLayer with
 * a {@link org.loradash.spark.dl4j.RoundTrainingMaster}, whose fitPaths runs the rounds. The paths are the location of the
 * data, once for each logical worker: partition w is worker w, which reads its own batches there by position. DL4J carries
 * arrays alone: a batch goes to the layer of the same process by a number that stands for it, a handle.
 *
 * <p>May call: the rooms {@code rounds} and {@code application}, task, train and below, DL4J, ND4J. Must not know: one kind of
 * task or model, files, stages of a run. Nothing else knows DL4J.
 */
package org.loradash.spark.dl4j;
