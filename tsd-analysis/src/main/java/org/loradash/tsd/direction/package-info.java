/**
 * The definitions of LoRA-Dash (arXiv 2409.01035, sections 3 and 4) on one weight matrix W = U diag(sigma) V^T. A
 * matrix has a core basis ({@link org.loradash.tsd.direction.CoreBasis}). A
 * {@link org.loradash.tsd.direction.WeightUpdate} of W projects on its directions
 * ({@link org.loradash.tsd.direction.CoreProjection}); what that does to W's coordinates, with each direction's change
 * rate ({@link org.loradash.tsd.direction.ChangeRates}), is a {@link org.loradash.tsd.direction.CoreChange}. The
 * directions with the highest rates are the {@link org.loradash.tsd.direction.TaskSpecificDirections}, and
 * {@link org.loradash.tsd.direction.Amplification} says what became of them. Matrices are row-major.
 *
 * <p>Pure functions of arrays. May call: linalg. Must not know: files, models, how a change came about.
 */
package org.loradash.tsd.direction;
