/**
 * The thin singular value decomposition, through the LAPACK of OpenBLAS: {@link org.loradash.tsd.linalg.ThinSvd} and the
 * {@link org.loradash.tsd.linalg.SingularValueDecomposition} that it returns. Matrices are row-major float arrays.
 *
 * <p>Nothing here knows what a matrix means, or where it comes from. Only this package touches native memory.
 */
package org.loradash.tsd.linalg;
