/**
 * The settings of a run: one record a section of the configuration file, and the reader that makes them from HOCON.
 *
 * <p>Lives here: what a key means, its default and its allowed values. May be called from everywhere. Must not be known
 * here: Spark, ND4J, and anything that reads a model or data; limits that need those are checked where they are read.
 */
package org.loradash.config;
