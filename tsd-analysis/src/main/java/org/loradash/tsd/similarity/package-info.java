/**
 * Two tasks' directions side by side: {@link org.loradash.tsd.similarity.Similarity}, the matrix behind a heat map.
 *
 * <p>Pure functions of directions. Nothing here knows how they were chosen, or how a heat map is drawn.
 */
package org.loradash.tsd.similarity;
