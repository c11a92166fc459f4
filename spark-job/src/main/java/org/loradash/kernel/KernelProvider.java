package org.loradash.kernel;

/** An implementation of the kernels, and the choice between them. */
public enum KernelProvider {
    /** ND4J's operations, wherever ND4J runs. */
    PORTABLE;

    /** The fastest that this JVM can run. */
    public static KernelProvider best() {
        NativeLibrary.select();
        return PORTABLE;
    }

    /** Kernels for the calling thread, whose ND4J operations are confined to it from now on. */
    public Kernels open() {
        NativeLibrary.confineToCallingThread();
        return new CheckedKernels(new PortableKernels());
    }
}
