/**
 * The hot operations of training, behind one seam with two providers.
 *
 * <p>Lives here: {@link org.loradash.kernel.Tensor} and {@link org.loradash.kernel.Weight} (memory), {@link
 * org.loradash.kernel.Kernels} (the operations, a forward and a backward side by side), the portable provider on ND4J
 * operations, which runs wherever ND4J does, the fused provider on the JDK's Vector API for CPUs, and the choice of the
 * device and of the native library before ND4J loads.
 *
 * <p>An operation is cut in parts that a {@code Team} of threads computes, each part by single-threaded kernels. The cuts
 * ({@code Parts}) depend on shapes alone, so bits do not depend on the number of threads. Compared with giving each thread
 * whole slices of a batch, every thread works even where a batch is one sequence, and frozen weights in half precision are
 * expanded once; it was measured to be three per cent slower on two cores than slices where there are slices enough.
 *
 * <p>May be called: ND4J. Must not be known here: tapes, models, adapters, Spark.
 */
package org.loradash.kernel;
