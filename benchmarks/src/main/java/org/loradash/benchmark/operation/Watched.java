package org.loradash.benchmark.operation;

import org.loradash.benchmark.kernel.ProductListener;
import org.loradash.benchmark.kernel.Tally;
import org.loradash.benchmark.kernel.TimedKernels;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A thread's kernels, and what they had to do. */
@State(Scope.Thread)
public class Watched {
    Tally tally;
    Kernels kernels;

    @Setup(Level.Trial)
    public void open() {
        tally = new Tally();
        kernels = new TimedKernels(KernelProvider.best().open(), Shapes.RANK, tally, ProductListener.NONE);
    }
}
