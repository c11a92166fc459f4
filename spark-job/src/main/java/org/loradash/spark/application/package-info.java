/**
 * What every job of this project needs of Spark: the session and its properties, Kryo, the device of a task, the frozen model
 * of a process, memory, versions.
 *
 * <p>The lowest of the rooms: it knows none of the others.
 */
package org.loradash.spark.application;
