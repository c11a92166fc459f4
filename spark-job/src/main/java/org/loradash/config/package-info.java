/**
 * The settings of a run ({@link org.loradash.config.Settings}): one file a section, for example {@link
 * org.loradash.config.TrainingSettings}, with its record, its keys, and how the one is made of the other; the table of all
 * keys ({@link org.loradash.config.Keys}), the reader of HOCON ({@link org.loradash.config.SettingsReader}) and the text
 * that makes settings readable again ({@link org.loradash.config.SettingsText}); and the seeds that its seeds become
 * ({@link org.loradash.config.Seeds}).
 *
 * <p>Lives here: what a key means, its default and its allowed values. What a configuration must know of methods and of kinds
 * of tasks they say themselves, as {@link org.loradash.config.MethodRules} and {@link org.loradash.config.TaskRules}.
 *
 * <p>May call: {@code tsd}. Must not know: Spark, ND4J, and anything that reads a model or data; limits that need those are
 * checked where they are read.
 */
package org.loradash.config;
