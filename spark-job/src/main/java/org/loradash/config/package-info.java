/**
 * The settings of a run: one record a section of the configuration file ({@link org.loradash.config.Settings}), the
 * table of keys ({@link org.loradash.config.Keys}), the reader that makes the records from HOCON
 * ({@link org.loradash.config.SettingsReader}) and the text that makes them readable again
 * ({@link org.loradash.config.SettingsText}); and the seeds that its seeds become ({@link org.loradash.config.Seeds}).
 *
 * <p>Lives here: what a key means, its default and its allowed values. May be called from everywhere. Must not be known
 * here: Spark, ND4J, and anything that reads a model or data; limits that need those are checked where they are read.
 */
package org.loradash.config;
