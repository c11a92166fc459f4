package org.loradash.kernel;

import java.util.Arrays;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.tsd.InvalidInput;
import org.slf4j.LoggerFactory;

/** An implementation of the kernels, and the choice between them. */
public enum KernelProvider {
    /** ND4J's operations, wherever ND4J runs. */
    PORTABLE,
    /** Single passes by the JDK's Vector API, on a CPU. */
    FUSED;

    /** System property that forces a provider by its name, in any case. */
    static final String FORCED = "loradash.kernels";

    private static final String ARITHMETIC = "training.arithmetic";
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /**
     * The fastest that this JVM can run, or the one that the system property {@code loradash.kernels} names.
     *
     * @throws InvalidInput if the property names none
     */
    public static KernelProvider best() {
        String forced = System.getProperty(FORCED);
        return forced == null ? Choice.BEST : named(forced);
    }

    private static KernelProvider named(String name) {
        return Arrays.stream(values())
                .filter(provider -> provider.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> InvalidInput.of(FORCED, name, "must be portable or fused"));
    }

    /** Made once, so that the warning is given once. */
    private static final class Choice {
        static final KernelProvider BEST = choose();

        private static KernelProvider choose() {
            if (Device.isGpu()) {
                return PORTABLE;
            }
            if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
                LoggerFactory.getLogger(KernelProvider.class)
                        .warn(
                                "The portable kernels are in use, several times slower: start Java with --add-modules {}"
                                        + " for the fused ones",
                                VECTOR_MODULE);
                return PORTABLE;
            }
            return FUSED;
        }
    }

    /**
     * Kernels that compute on the calling thread, whose ND4J operations are confined to it from now on, and on threads of
     * their own beside it. Results have the same bits whatever the number of threads. A GPU is fed by the calling thread
     * alone.
     *
     * @param threads that compute, the calling one among them
     */
    public Kernels open(int threads) {
        return open(threads, Arithmetic.FLOAT32);
    }

    /**
     * The same with products of matrices in an arithmetic.
     *
     * @throws InvalidInput if this provider, or the CPU, has no such products
     */
    public Kernels open(int threads, Arithmetic arithmetic) {
        check(arithmetic);
        NativeLibrary.confineToCallingThread();
        if (Device.isGpu()) {
            if (this == FUSED) {
                throw InvalidInput.of(FORCED, "fused", "must be portable on a GPU");
            }
            return new CheckedKernels(Operation::portable);
        }
        return new CheckedKernels(new TeamKernels(this, new Team(threads), arithmetic));
    }

    /**
     * Whether products can be computed so here.
     *
     * @throws InvalidInput if not
     */
    public void check(Arithmetic arithmetic) {
        if (arithmetic == Arithmetic.BFLOAT16) {
            if (this == PORTABLE) {
                throw InvalidInput.of(ARITHMETIC, "bfloat16", "must be float32 with the portable kernels");
            }
            if (!NativeLibrary.multipliesBfloat16()) {
                throw InvalidInput.of(
                        ARITHMETIC, "bfloat16", "must be float32: this CPU has neither AVX512-BF16 nor AMX-BF16");
            }
        }
    }

    /** Kernels that compute on the calling thread alone. */
    public Kernels open() {
        return open(1);
    }

    /** Computes an operation, or a part of one, on the calling thread. */
    double compute(Operation operation, Scratch scratch) {
        return switch (this) {
            case PORTABLE -> operation.portable();
            case FUSED -> operation.fused(scratch);
        };
    }
}
