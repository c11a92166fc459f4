/**
 * The thin singular value decomposition, through the LAPACK of OpenBLAS: {@link org.loradash.tsd.linalg.ThinSvd} and the
 * {@link org.loradash.tsd.linalg.SingularValueDecomposition} that it returns. Matrices are row-major float arrays.
 *
 * <p>This OpenBLAS does not recognise processors newer than itself and then computes with SSE3 only, at a third of the
 * speed. The environment variable {@code OPENBLAS_CORETYPE=Haswell} (any processor with AVX2) or {@code SkylakeX}
 * (AVX-512), set before the JVM starts, prevents that; one value on a mixed cluster also gives one set of bits.
 *
 * <p>Nothing here knows what a matrix means, or where it comes from. Only this package touches native memory.
 */
package org.loradash.tsd.linalg;
