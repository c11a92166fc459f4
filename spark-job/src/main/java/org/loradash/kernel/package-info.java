/**
 * The hot operations of training, behind one seam with two providers.
 *
 * <p>Lives here: {@link org.loradash.kernel.Tensor} and {@link org.loradash.kernel.Weight} (memory; frozen weights are quantised as they are written), {@link
 * org.loradash.kernel.Operation} and {@link org.loradash.kernel.Kernels} (what computes operations), the choice of the
 * provider, and that of the device and of the native library before ND4J loads. The operations themselves are records in
 * {@code kernel.operation}, a file each; {@code kernel.fused} has their loops on the JDK's Vector API for CPUs and {@code
 * kernel.portable} those of ND4J operations, which run wherever ND4J does. Other packages make operations and run them; the
 * two folders of loops are the operations' own.
 *
 * <p>Checks, teams, dry runs and whoever times operations wrap {@code Kernels.run} and know no operation by its name. An
 * operation's {@link org.loradash.kernel.Account} of itself says what they need: shapes, what it reads and what it writes,
 * so that a result that lies on an argument is refused, and the work that it is.
 *
 * <p>An operation is cut in parts ({@link org.loradash.kernel.Cut}), each an operation of its own on parts of the tensors,
 * that a {@code Team} of threads computes. The cuts depend on shapes alone, so bits do not depend on the number of threads.
 * Compared with giving each thread whole slices of a batch, every thread works even where a batch is one sequence, and
 * frozen weights in half precision are expanded once; it was measured to be three per cent slower on two cores than slices
 * where there are slices enough.
 *
 * <p>May call: config, {@code tsd}, ND4J and its native libraries. Must not know: tapes, models, adapters, Spark; and outside
 * the three folders, any operation.
 */
package org.loradash.kernel;
