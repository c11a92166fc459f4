package org.loradash.tsd.linalg;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * While one of these is open OpenBLAS computes with the calling thread only: callers run many decompositions side by
 * side, and the order of additions, so the result's bits, must not depend on how many threads there are. The number of
 * threads is one setting for the process, so it is kept by the first and put back by the last.
 */
final class OneThread implements AutoCloseable {
    private static int open;
    private static int threadsBefore;

    static {
        // The preset looks the number of threads up by symbol, which finds only what is loaded globally; otherwise
        // setting it does nothing, silently.
        Loader.loadGlobal(Loader.load(openblas.class));
    }

    private OneThread() {}

    static OneThread enter() {
        synchronized (OneThread.class) {
            if (open == 0) {
                threadsBefore = openblas.blas_get_num_threads();
                openblas.blas_set_num_threads(1);
            }
            open++;
            return new OneThread();
        }
    }

    @Override
    public void close() {
        synchronized (OneThread.class) {
            open--;
            if (open == 0) {
                // Not known until it has been set once; OpenBLAS then starts with all processors.
                int known =
                        threadsBefore > 0 ? threadsBefore : Runtime.getRuntime().availableProcessors();
                openblas.blas_set_num_threads(known);
            }
        }
    }
}
