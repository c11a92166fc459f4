package org.loradash.kernel;

import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.loradash.tsd.InvalidInput;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where this process computes: on the CPU unless the system property {@code loradash.device} says {@code gpu}.
 *
 * <p>It is asked for and not guessed: a driver has no need of a GPU, a CPU in place of a missing GPU is a mistake that
 * somebody should be told of, and the choice must be made before ND4J loads, which is before Spark says what a task
 * gets. A process uses one GPU, since all its tasks share one copy of the frozen weights.
 */
public final class Device {
    static final String PROPERTY = "loradash.device";

    private static final String CPU = "cpu";
    private static final String GPU = "gpu";
    private static final String CUDA_BACKEND = "org/nd4j/linalg/jcublas/JCublasBackend.class";
    private static final String DRIVER = "libcuda.so.1";

    private static final Object LOCK = new Object();
    private static volatile Integer number;

    private Device() {}

    /**
     * Whether a GPU is asked for.
     *
     * @throws InvalidInput if the property says neither
     */
    static boolean gpuIsAskedFor() {
        String asked = System.getProperty(PROPERTY, CPU);
        if (!asked.equals(CPU) && !asked.equals(GPU)) {
            throw InvalidInput.of(PROPERTY, asked, "must be cpu or gpu");
        }
        return asked.equals(GPU);
    }

    /** Why no GPU can be used, in one line; nothing where one may. Loads nothing of ND4J, which would tell it at length. */
    static Optional<InvalidInput> obstacle() {
        if (Device.class.getClassLoader().getResource(CUDA_BACKEND) == null) {
            return Optional.of(InvalidInput.of(
                    PROPERTY, GPU, "this build computes on CPUs alone; the one of mvn -Pgpu has ND4J's CUDA backend"));
        }
        try {
            Loader.loadGlobal(DRIVER);
            return Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.of(
                    InvalidInput.of(PROPERTY, GPU, "there must be an NVIDIA GPU; this machine has no " + DRIVER));
        }
    }

    /** Whether this process computes on a GPU, whose memory is not the host's. */
    public static boolean isGpu() {
        NativeLibrary.select();
        return Loaded.IS_GPU;
    }

    /** The class initialiser asks once. */
    private static final class Loaded {
        static final boolean IS_GPU = !Nd4j.getEnvironment().isCPU();
    }

    /**
     * Lets this process compute on a GPU from now on: what Spark has given to a task of it.
     *
     * @param address the GPU's number on the machine, as Spark has it from the discovery script
     * @throws InvalidInput if the process was not told to use a GPU, or has another one
     */
    public static void use(String address) {
        if (!gpuIsAskedFor()) {
            throw InvalidInput.of(
                    PROPERTY,
                    CPU,
                    "must be gpu where Spark gives tasks one: spark.executor.extraJavaOptions lacks -D" + PROPERTY
                            + "=gpu");
        }
        int given = parsed(address);
        synchronized (LOCK) {
            if (number != null && number != given) {
                throw InvalidInput.of(
                        "spark.executor.resource.gpu.amount",
                        "GPUs %d and %d in one process".formatted(number, given),
                        "must be 1: the tasks of an executor share one copy of the frozen weights");
            }
            number = given;
        }
    }

    private static int parsed(String address) {
        try {
            return Integer.parseUnsignedInt(address);
        } catch (NumberFormatException e) {
            throw InvalidInput.of("GPU address", address, "must be a number, as deploy/gpu/discover prints them");
        }
    }

    /** Makes the calling thread compute on this process's GPU. */
    static void attachCallingThread() {
        if (!isGpu()) {
            throw InvalidInput.of(PROPERTY, GPU, "ND4J's CUDA backend did not start; the log says why");
        }
        if (number == null) {
            return;
        }
        int devices = Nd4j.getAffinityManager().getNumberOfDevices();
        if (number >= devices) {
            throw InvalidInput.of(
                    "GPU address",
                    number,
                    "must be below %d, the GPUs that this process sees; is CUDA_VISIBLE_DEVICES set?"
                            .formatted(devices));
        }
        Nd4j.getAffinityManager().unsafeSetDevice(number);
    }
}
