/**
 * How well the directions predicted from an adapter agree with the true task-specific ones: recall and accuracy
 * ({@link org.loradash.tsd.prediction.Prediction}) at given cutoffs ({@link org.loradash.tsd.prediction.Cutoffs}).
 *
 * <p>Pure functions of rankings of indices. May call: nothing but {@code tsd} itself. Must not know: how a ranking came about.
 */
package org.loradash.tsd.prediction;
