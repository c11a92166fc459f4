package org.loradash.benchmark.operation;

import org.loradash.benchmark.kernel.Tally;
import org.loradash.benchmark.kernel.TimedKernels;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Operation;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The kernels of a team of threads, and what they had to do. */
@State(Scope.Thread)
public class Watched {
    /** Threads that compute each operation together. */
    @Param("1")
    public int team;

    Tally tally;
    Kernels kernels;

    @Setup(Level.Trial)
    public void open() {
        tally = new Tally();
        kernels = new TimedKernels(KernelProvider.best().open(team), Operation::name, tally);
    }

    @TearDown(Level.Trial)
    public void close() {
        kernels.close();
    }
}
