package org.loradash.kernel;

import org.nd4j.linalg.cpu.nativecpu.CpuBackend;

/**
 * ND4J's CPU backend, asked before its CUDA one unless a GPU is wanted. With both on the class path ND4J would take the GPU
 * wherever there is one, and print a stack trace wherever there is none. ND4J finds this class as a service.
 */
public final class HostBackend extends CpuBackend {

    @Override
    public int getPriority() {
        return BACKEND_PRIORITY_GPU + 1;
    }

    @Override
    public boolean isAvailable() {
        return !Device.gpuIsAskedFor() && super.isAvailable();
    }
}
