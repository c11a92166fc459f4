/**
 * The settings of a run ({@link org.loradash.config.Settings}): one file a section, for example {@link
 * org.loradash.config.TrainingSettings}, with its record, its keys, and how the one is made of the other; the table of all
 * keys ({@link org.loradash.config.Keys}), the reader of HOCON ({@link org.loradash.config.SettingsReader}) and the text
 * that makes settings readable again ({@link org.loradash.config.SettingsText}).
 *
 * <p>Lives here: what a key means, its default and its allowed values. May be called from everywhere. Must not be known
 * here: Spark, ND4J, and anything that reads a model or data; limits that need those are checked where they are read. What a
 * configuration must know of methods of adaptation they say themselves, as {@link org.loradash.config.MethodRules}.
 */
package org.loradash.config;
