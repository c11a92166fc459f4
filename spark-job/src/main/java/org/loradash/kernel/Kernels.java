package org.loradash.kernel;

import org.loradash.config.TrainingSettings.Arithmetic;

/**
 * What computes operations.
 *
 * <p>An instance belongs to one caller at a time and keeps scratch memory for it. Shapes are rows x columns; T is the
 * number of tokens computed together, sequences lying end to end. "+=" adds to what the destination holds, "=" overwrites
 * it. Destinations lie on no other argument, unless an operation says so. Tensors are dense unless an operation says that they may have gaps. What
 * is no number stays none, and what is infinite becomes nothing finite but where a limit says so, as e^-infinity = 0.
 */
@FunctionalInterface
public interface Kernels extends AutoCloseable {

    /** Operations that are checked and not computed, for tensors without memory. */
    static Kernels dry() {
        return new CheckedKernels(operation -> 0);
    }

    /**
     * Computes one operation.
     *
     * @return what it sums up, such as a loss; 0 for most
     * @throws IllegalArgumentException if its arguments do not fit each other
     */
    double run(Operation operation);

    /** What products of matrices are computed in. */
    default Arithmetic arithmetic() {
        return Arithmetic.FLOAT32;
    }

    /** Lets go of the threads that compute beside the caller's, where there are any. */
    @Override
    default void close() {}
}
