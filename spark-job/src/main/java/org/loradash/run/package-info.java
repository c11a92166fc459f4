/**
 * What a run leaves behind: its directory on any Hadoop file system, with settings, metrics, checkpoints, the boundary's
 * figures, the adapter and the report, and the progress lines that people watch meanwhile.
 *
 * <p>A directory is made for one configuration, and one driver at a time has it ({@link org.loradash.run.Claim}). Files
 * appear whole, by a rename, or line by line (metrics). What is read again to resume is checked like any file from outside.
 *
 * <p>May call: train, task, adapter, model, kernel, figure, config, {@code tsd}. Must not know: one kind of task or model, records,
 * Spark.
 */
package org.loradash.run;
