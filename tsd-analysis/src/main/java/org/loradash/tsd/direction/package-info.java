/**
 * Directions of a weight matrix, as the article defines them (arXiv 2409.01035, section 2): the core directions u_i v_i^T
 * of its singular value decomposition, the projection of a change on them, change rates, and the task-specific ones.
 *
 * <p>Pure arithmetic on arrays. May be called: linalg. Must not be known here: files, training.
 */
package org.loradash.tsd.direction;
