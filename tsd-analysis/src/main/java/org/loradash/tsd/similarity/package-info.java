/**
 * Two tasks' directions side by side: {@link org.loradash.tsd.similarity.Similarity}, the matrix behind a heat map.
 *
 * <p>Pure functions of directions. May call: direction. Must not know: how they were chosen, how a heat map is drawn.
 */
package org.loradash.tsd.similarity;
