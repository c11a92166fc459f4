package org.loradash.benchmark.operation;

import org.loradash.benchmark.kernel.Tally;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a benchmark's operations had to do; JMH makes rates a second of it. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Work {
    public long floatingPointOperations;
    public long bytes;

    /** Takes over what a tally holds. */
    void take(Tally tally) {
        floatingPointOperations += tally.floatingPointOperations();
        bytes += tally.bytes();
        tally.reset();
    }
}
