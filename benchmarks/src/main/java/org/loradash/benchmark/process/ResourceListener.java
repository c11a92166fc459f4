package org.loradash.benchmark.process;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.bytedeco.javacpp.Pointer;

/** What the process holds after some of a run's rounds. Spark makes it by its name, so the samples are the process's. */
public final class ResourceListener extends SparkListener {
    /** A system property: rounds between two samples. */
    static final String EVERY = "loradash.sample-every";

    private static final String DESCRIPTION = "spark.job.description";
    private static final String ROUND = ": round ";
    private static final List<Sample> SAMPLES = new ArrayList<>();
    private static int rounds;

    private final Set<Integer> jobs = new HashSet<>();

    /**
     * What the process holds.
     *
     * @param rounds that have ended
     * @param heap in use after a collection, bytes
     * @param offHeap that ND4J and the matrix libraries' Java side hold, bytes
     * @param resident memory of the whole process, bytes
     * @param threads of Java
     * @param files open file descriptors
     */
    public record Sample(int rounds, long heap, long offHeap, long resident, int threads, long files) {}

    static synchronized List<Sample> samples() {
        return List.copyOf(SAMPLES);
    }

    @Override
    public void onJobStart(SparkListenerJobStart event) {
        if (event.properties().getProperty(DESCRIPTION, "").contains(ROUND)) {
            jobs.add(event.jobId());
        }
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd event) {
        if (!jobs.remove(event.jobId())) {
            return;
        }
        synchronized (ResourceListener.class) {
            rounds++;
            if (rounds % Integer.getInteger(EVERY, 50) == 0) {
                SAMPLES.add(sample(rounds));
            }
        }
    }

    private static Sample sample(int rounds) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Sample(
                rounds,
                runtime.totalMemory() - runtime.freeMemory(),
                Pointer.totalBytes(),
                Pointer.physicalBytes(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                system.getOpenFileDescriptorCount());
    }
}
