/**
 * The thin singular value decomposition, through the LAPACK of OpenBLAS: {@link org.loradash.tsd.linalg.ThinSvd} and the
 * {@link org.loradash.tsd.linalg.SingularValueDecomposition} that it returns. Matrices are row-major float arrays.
 *
 * <p>This OpenBLAS does not recognise processors newer than itself and then computes with SSE3 only, at a third of the
 * speed. The environment variable {@code OPENBLAS_CORETYPE=Haswell} (any processor with AVX2) or {@code SkylakeX}
 * (AVX-512), set before the JVM starts, prevents that; one value on a mixed cluster also gives one set of bits.
 *
 * <p>May call: LAPACK; no other package of {@code tsd} but the one above it. Must not know: what a matrix means, where it comes
 * from. Matrices lie in native memory here alone.
 */
package org.loradash.tsd.linalg;
