/**
 * Spark ML's way in: estimators that train as the command does, and models that add what they say to the rows of a dataset, in a
 * pipeline or alone. They have no computation of their own.
 *
 * <p>May call: {@code spark}, {@code config} and what they know. Nobody calls it but users.
 */
package org.loradash.ml;
