/**
 * Training and evaluation over a cluster, in rooms: {@code application} (session, Kryo, devices, memory), {@code rounds} (a
 * round as pure tasks), {@code dl4j} (network, updater and training master on DL4J's interfaces), {@code source} (files to
 * stores and batches), {@code training} (the driver's run) and {@code evaluation} (questions and sweeps).
 *
 * <p>Here lies only {@link org.loradash.spark.KryoRegistration}, the list of what Kryo sends between processes.
 *
 * <p>May call: everything but the command. Each room says which others it may know. Only this package, and the command that
 * starts it, knows Spark.
 */
package org.loradash.spark;
