package org.loradash.spark.application;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.plan.MemoryPlan;
import org.loradash.plan.Need;
import org.loradash.tsd.InvalidInput;

/**
 * A run's memory plan against what its processes have: told in a line or two, and refused where it cannot fit, since a
 * process that takes more is killed hours later without a word.
 */
public record MemoryCheck(Settings settings, SparkConf conf, MemoryPlan plan) {
    private static final String HEAP = "spark.executor.memory";
    private static final String OVERHEAD = "spark.executor.memoryOverhead";
    private static final Pattern LOCAL = Pattern.compile("local(\\[(\\*|\\d+)(,.*)?])?");
    private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[ *\\d+ *, *(\\d+) *, *(\\d+) *]");
    private static final long MEBIBYTE = 1 << 20;

    /** How many tasks an executor computes at a time: what Spark is told, or one where only the cluster knows. */
    public static int workersAtATime(SparkConf conf) {
        return Math.max(1, cores(conf) / conf.getInt("spark.task.cpus", 1));
    }

    private static int cores(SparkConf conf) {
        String master = conf.get("spark.master");
        Matcher cluster = LOCAL_CLUSTER.matcher(master);
        if (cluster.matches()) {
            return Integer.parseInt(cluster.group(1));
        }
        return LOCAL.matcher(master).matches()
                ? SparkApplication.localCores(master)
                : conf.getInt("spark.executor.cores", 1);
    }

    /**
     * Tells what is needed and what there is.
     *
     * @throws InvalidInput where it does not fit
     */
    public void tell(PrintStream out) {
        if (isLocal()) {
            tellLocal(out);
        } else {
            tellCluster(out);
        }
    }

    private boolean isLocal() {
        return LOCAL.matcher(conf.get("spark.master")).matches();
    }

    /** Whether a container is ended that takes more than it asked for. */
    private boolean isContained() {
        String master = conf.get("spark.master");
        return master.startsWith("yarn") || master.startsWith("k8s");
    }

    private void tellLocal(PrintStream out) {
        MemoryPlan.Process needs = plan.together();
        long heap = Runtime.getRuntime().maxMemory();
        long machine = machine();
        out.printf(
                "memory     this process needs %s; the machine has %s, Java's heap is at most %s%n",
                told(needs), Need.text(machine), Need.text(heap));
        if (needs.heap().bytes() > heap) {
            throw tooSmall("Java's heap (LORA_DASH_MEMORY, -Xmx)", heap, needs.heap(), ofHeap());
        }
        if (needs.bytes() > machine) {
            throw tooSmall("this machine's memory", machine, sum(needs), outsideHeap());
        }
    }

    private void tellCluster(PrintStream out) {
        MemoryPlan.Process executor = plan.executor();
        long heap = executorHeap();
        long outside = executorOutside();
        out.printf(
                "memory     an executor needs %s; it has %s of heap (%s)%s%n",
                told(executor),
                Need.text(heap),
                HEAP,
                isContained()
                        ? " and %s outside (%s)".formatted(Need.text(outside), OVERHEAD)
                        : ", and outside it what its machine leaves");
        long driverHeap = Runtime.getRuntime().maxMemory();
        out.printf(
                "memory     the driver needs %s; its heap is at most %s%n", told(plan.driver()), Need.text(driverHeap));
        if (executor.heap().bytes() > heap) {
            throw tooSmall(HEAP, heap, executor.heap(), ofHeap());
        }
        if (isContained() && executor.bytes() > heap + outside) {
            throw tooSmall(HEAP + " and " + OVERHEAD, heap + outside, sum(executor), outsideHeap());
        }
        if (isContained() && executor.outside().bytes() > outside) {
            out.printf(
                    "memory     the heap may grow into what is needed outside it: %s should be %d MiB at least%n",
                    OVERHEAD, executor.outside().bytes() / MEBIBYTE + 1);
        }
        if (plan.driver().heap().bytes() > driverHeap) {
            throw tooSmall("spark.driver.memory", driverHeap, plan.driver().heap(), ofHeap());
        }
    }

    private static String told(MemoryPlan.Process needs) {
        return "%s outside the heap (%s) and %s of heap (%s)"
                .formatted(
                        Need.text(needs.outside().bytes()),
                        needs.outside().told(),
                        Need.text(needs.heap().bytes()),
                        needs.heap().told());
    }

    private static Need sum(MemoryPlan.Process needs) {
        java.util.Map<String, Long> all =
                new java.util.LinkedHashMap<>(needs.outside().parts());
        needs.heap().parts().forEach((name, bytes) -> all.merge(name, bytes, Long::sum));
        return new Need(all);
    }

    private static InvalidInput tooSmall(String what, long has, Need needs, String savings) {
        return InvalidInput.of(
                what,
                Need.text(has),
                "must be at least %s: %s; less is needed with %s"
                        .formatted(Need.text(needs.bytes()), needs.told(), savings));
    }

    /** Which settings would take less of the heap. */
    private static String ofHeap() {
        return "a smaller adapter.rank, fewer adapter.targets";
    }

    /** Which settings would take less outside the heap; those that are in force already are left out. */
    private String outsideHeap() {
        List<String> savings = new ArrayList<>();
        Storage storage = settings.model().storage();
        if (storage == Storage.FLOAT32) {
            savings.add("model.storage = bfloat16");
        }
        if (!storage.isQuantised() && settings.adapter().allowsQuantised()) {
            savings.add("model.storage = nf4");
        }
        if (!settings.training().recompute()) {
            savings.add("training.recompute = true");
        }
        savings.add("a smaller training.slice-tokens or data.cutoff");
        if (workersAtATime(conf) > 1) {
            savings.add("a larger spark.task.cpus, for fewer workers at a time");
        }
        return String.join(", ", savings);
    }

    private long executorHeap() {
        Matcher cluster = LOCAL_CLUSTER.matcher(conf.get("spark.master"));
        return cluster.matches() && !conf.contains(HEAP)
                ? Long.parseLong(cluster.group(2)) * MEBIBYTE
                : conf.getSizeAsMb(HEAP, "1g") * MEBIBYTE;
    }

    /** What a container asks for beside the heap; Spark's own memory outside it is part of that, and the job needs none. */
    private long executorOutside() {
        long least = (long) (conf.getDouble("spark.executor.memoryOverheadFactor", 0.1) * executorHeap());
        long overhead = Optional.of(OVERHEAD)
                .filter(conf::contains)
                .map(key -> conf.getSizeAsMb(key) * MEBIBYTE)
                .orElse(Math.max(least, 384 * MEBIBYTE));
        boolean ofSpark = conf.getBoolean("spark.memory.offHeap.enabled", false);
        return overhead + (ofSpark ? conf.getSizeAsBytes("spark.memory.offHeap.size", "0") : 0);
    }

    /** The machine's memory, or the container's where this process is in one. */
    private static long machine() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
