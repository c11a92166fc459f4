/**
 * What can be said of tasks' directions, over all matrices of a model: {@link org.loradash.tsd.analysis.Study} runs
 * through the targets, several at once within bounded memory, and {@link org.loradash.tsd.analysis.Findings} is what it
 * found. Predictions and amplification follow from that ({@link org.loradash.tsd.analysis.Predictions},
 * {@link org.loradash.tsd.analysis.Amplifications}); {@link org.loradash.tsd.analysis.ResultFiles} keeps all of it for
 * other software.
 *
 * <p>The same files give the same figures whatever the number of threads.
 *
 * <p>May call: source, direction, prediction, similarity, linalg, cache, io. Must not know: the command, the page.
 */
package org.loradash.tsd.analysis;
