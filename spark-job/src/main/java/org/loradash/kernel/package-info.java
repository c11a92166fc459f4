/**
 * The hot operations of training, behind one seam with two providers.
 *
 * <p>Lives here: {@link org.loradash.kernel.Tensor} and {@link org.loradash.kernel.Weight} (memory), {@link
 * org.loradash.kernel.Kernels} (the operations, a forward and a backward side by side), the portable provider on ND4J
 * operations, which runs wherever ND4J does, the fused provider on the JDK's Vector API for CPUs, and the choice of the
 * native library before ND4J loads. Every operation runs on the calling thread alone: parallelism belongs to the caller,
 * which gives each thread whole slices of a batch, because single-threaded products on each core are faster here than
 * one product spread over cores, and because bits then do not depend on the number of threads.
 *
 * <p>May be called: ND4J. Must not be known here: tapes, models, adapters, Spark.
 */
package org.loradash.kernel;
