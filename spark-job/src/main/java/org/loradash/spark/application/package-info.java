/**
 * What every job of this project needs of Spark: the session and its properties, Kryo, the device of a task, the frozen model
 * of a process, memory, versions.
 *
 * <p>May call: what is below {@code spark}, and the list of what Kryo sends. Must not know: the other rooms, DL4J.
 */
package org.loradash.spark.application;
