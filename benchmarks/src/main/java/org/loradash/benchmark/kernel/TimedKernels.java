package org.loradash.benchmark.kernel;

import java.util.function.Function;
import org.loradash.kernel.Account;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Operation;

/** Hands every operation on, and tallies what it took and what it had to do. */
public final class TimedKernels implements Kernels {
    private final Kernels kernels;
    private final Function<Operation, String> kind;
    private final Tally tally;
    private final Account account = new Account();

    /**
     * @param kind under what name an operation is tallied
     * @param tally adds up wall seconds, of all threads of the kernels together
     */
    public TimedKernels(Kernels kernels, Function<Operation, String> kind, Tally tally) {
        this.kernels = kernels;
        this.kind = kind;
        this.tally = tally;
    }

    @Override
    public double run(Operation operation) {
        long begin = System.nanoTime();
        double sum = kernels.run(operation);
        long took = System.nanoTime() - begin;
        tally.add(kind.apply(operation), took, account.of(operation));
        return sum;
    }

    @Override
    public void close() {
        kernels.close();
    }
}
