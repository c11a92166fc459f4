package org.loradash.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.loradash.tsd.InvalidInput;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Chooses ND4J's native library for this CPU, and confines it to the calling thread.
 *
 * <p>ND4J ships one library for each instruction set and does not look before it loads: the one for AVX-512 kills the
 * JVM on a CPU without it. The choice is therefore made from the CPU's flags, in each JVM for itself, since a cluster's
 * machines differ. The job's jar leaves out the one for AVX-512, from which the fused kernels would take nothing but memory; where
 * it is on the class path, as it is for the benchmarks, it is chosen. The plain one aligns memory to 16 bytes only, the
 * others to 32.
 */
public final class NativeLibrary {
    /** JavaCPP's property that names the variant to load; a value that the user gave stays. */
    static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

    private static final String PLAIN = "";

    private static final Path CPU_INFORMATION = Path.of("/proc/cpuinfo");

    /** What the two libraries were compiled for, best first. */
    private static final List<Variant> VARIANTS = List.of(
            new Variant(
                    "-onednn-avx512",
                    Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd", "avx2", "fma", "f16c", "bmi2")),
            new Variant("-onednn-avx2", Set.of("avx2", "fma", "f16c")));

    record Variant(String extension, Set<String> needs) {
        boolean isOnClassPath() {
            String folder = "/org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64%s/".formatted(extension);
            return NativeLibrary.class.getResource(folder + "libnd4jcpu.so") != null;
        }
    }

    private NativeLibrary() {}

    /**
     * Chooses once a process, before ND4J loads; calls after the first change nothing.
     *
     * @throws InvalidInput if a GPU is asked for and cannot be used
     */
    public static void select() {
        if (Selection.OBSTACLE != null) {
            throw Selection.OBSTACLE;
        }
    }

    /** The variant that was chosen, such as linux-x86_64-onednn-avx2. */
    public static String variant() {
        select();
        return Loader.getPlatform() + System.getProperty(EXTENSION, PLAIN);
    }

    /** The class initialiser runs once and makes every other thread wait for it. */
    private static final class Selection {
        static final InvalidInput OBSTACLE;

        static {
            boolean gpu = Device.gpuIsAskedFor();
            OBSTACLE = gpu ? Device.obstacle().orElse(null) : null;
            if (System.getProperty(EXTENSION) == null) {
                System.setProperty(EXTENSION, gpu ? PLAIN : extension(cpuInformation()));
            }
        }
    }

    /** Whether the CPU has products of bfloat16 with float32 sums. CPUs with AMX's have AVX-512's too. */
    static boolean multipliesBfloat16() {
        return multipliesBfloat16(cpuInformation());
    }

    static boolean multipliesBfloat16(String cpuInformation) {
        return everyProcessorHas(cpuInformation, Set.of("avx512_bf16"));
    }

    private static String cpuInformation() {
        if (!Files.isReadable(CPU_INFORMATION)) {
            return "";
        }
        try {
            return Files.readString(CPU_INFORMATION);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read".formatted(CPU_INFORMATION), e);
        }
    }

    /**
     * The best variant on the class path that every processor in a text in the format of Linux's /proc/cpuinfo can run. Without
     * one it is empty, which loads the plain library; a property that is absent would load whatever is on the class path.
     */
    static String extension(String cpuInformation) {
        return extension(cpuInformation, Variant::isOnClassPath);
    }

    static String extension(String cpuInformation, Predicate<Variant> isThere) {
        return VARIANTS.stream()
                .filter(isThere)
                .filter(variant -> everyProcessorHas(cpuInformation, variant.needs()))
                .map(Variant::extension)
                .findFirst()
                .orElse(PLAIN);
    }

    /** Whether there are processors, and all of them have these flags. */
    private static boolean everyProcessorHas(String cpuInformation, Set<String> needs) {
        List<Set<String>> processors = cpuInformation
                .lines()
                .filter(line -> line.startsWith("flags"))
                .map(line -> Set.copyOf(
                        Arrays.asList(line.substring(line.indexOf(':') + 1).split("\\s+"))))
                .toList();
        return !processors.isEmpty() && processors.stream().allMatch(flags -> flags.containsAll(needs));
    }

    /**
     * Makes every ND4J operation that the calling thread starts run on that thread alone, or on this process's GPU, and
     * stops ND4J from calling the garbage collector on its own. OpenMP keeps the number of threads for each thread, and CUDA
     * the device, so each thread that computes calls this.
     */
    public static void confineToCallingThread() {
        select();
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        if (Device.gpuIsAskedFor()) {
            Device.attachCallingThread();
        } else {
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
            openblas.blas_set_num_threads(1);
        }
    }
}
