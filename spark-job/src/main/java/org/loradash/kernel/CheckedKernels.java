package org.loradash.kernel;

import org.loradash.config.TrainingSettings.Arithmetic;

/** Refuses operations whose arguments do not fit, and hands the rest on. */
final class CheckedKernels implements Kernels {
    private final Kernels kernels;
    private final Account account = new Account();

    CheckedKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public double run(Operation operation) {
        account.of(operation).checkApart();
        return kernels.run(operation);
    }

    @Override
    public Arithmetic arithmetic() {
        return kernels.arithmetic();
    }

    @Override
    public void close() {
        kernels.close();
    }
}
