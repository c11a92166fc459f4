/**
 * The job on real services: Spark's standalone master and workers, HDFS and YARN, started by the tests and gone after
 * them. Every run is submitted as a user submits one: SparkSubmit in a process of its own, with {@code
 * conf/spark-defaults.conf} and the job's jar.
 *
 * <p>{@link org.loradash.cluster.SparkHome} is a Spark distribution made of what the build has copied, {@link
 * org.loradash.cluster.StandaloneCluster}, {@link org.loradash.cluster.Hdfs} and {@link org.loradash.cluster.Yarn} are
 * services, a {@link org.loradash.cluster.Submission} is a run of the job on one of them, {@link
 * org.loradash.cluster.SmallRun} the run that must have the same bits on all. Processes write logs below {@code
 * target/cluster}, and what fails shows their ends.
 *
 * <p>Tests are named {@code *IT}: the job's jar must have been made. Those with the tag {@code long} take minutes; {@code
 * -Plong} runs them. docs/cluster.md tells the rest.
 */
package org.loradash.cluster;
