/**
 * The definitions of LoRA-Dash (arXiv 2409.01035, sections 3 and 4) on one weight matrix W = U diag(sigma) V^T: the
 * projection of a change of W on the core directions ({@link org.loradash.tsd.direction.CoreProjection}), the change
 * rate of each direction ({@link org.loradash.tsd.direction.ChangeRates}), and the directions with the highest ones
 * ({@link org.loradash.tsd.direction.TaskSpecificDirections}). Matrices are row-major.
 *
 * <p>Pure functions of arrays: nothing here reads files, knows a model, or how a change came about.
 */
package org.loradash.tsd.direction;
