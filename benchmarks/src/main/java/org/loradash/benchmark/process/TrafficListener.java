package org.loradash.benchmark.process;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockUpdatedInfo;

/**
 * Counts what Spark moves in a run's rounds but the first, and the heap that is in use after a collection at each one's
 * end. Spark makes it by its name, so the counts are the process's.
 */
public final class TrafficListener extends SparkListener {
    /** A system property: whether to collect the heap at the end of each round, which takes time of the next. */
    static final String COLLECT = "loradash.collect";

    private static final String DESCRIPTION = "spark.job.description";
    private static final String ROUND = ": round ";

    private static long shuffleBytes;
    private static long resultBytes;
    private static long broadcastBytes;
    private static long heapBytes;
    private static int roundsEnded;

    private final Set<Integer> jobs = new HashSet<>();
    private final Set<Integer> stages = new HashSet<>();

    /**
     * Bytes of a round, and of the heap.
     *
     * @param broadcastBytes to each executor
     * @param heapBytes the most after a collection, or 0 where none was made; in local mode executors' share is in it
     */
    public record Traffic(double shuffleBytes, double resultBytes, double broadcastBytes, long heapBytes) {}

    /** The counts of this process's run, which must have had two rounds at least. */
    static synchronized Traffic ofRound() {
        int counted = roundsEnded - 1;
        return new Traffic(
                (double) shuffleBytes / counted,
                (double) resultBytes / counted,
                (double) broadcastBytes / counted,
                heapBytes);
    }

    @Override
    public void onJobStart(SparkListenerJobStart event) {
        String description = event.properties().getProperty(DESCRIPTION, "");
        if (description.contains(ROUND)) {
            jobs.add(event.jobId());
        }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        String description = event.properties().getProperty(DESCRIPTION, "");
        synchronized (TrafficListener.class) {
            if (roundsEnded > 0 && description.contains(ROUND)) {
                stages.add(event.stageInfo().stageId());
            }
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        TaskMetrics metrics = event.taskMetrics();
        if (metrics != null && stages.contains(event.stageId())) {
            synchronized (TrafficListener.class) {
                shuffleBytes += metrics.shuffleWriteMetrics().bytesWritten();
                resultBytes += metrics.resultSize();
            }
        }
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated event) {
        BlockUpdatedInfo block = event.blockUpdatedInfo();
        // A broadcast travels in pieces; the whole of it is also kept as it is, which moves nothing.
        boolean piece = block.blockId().isBroadcast() && block.blockId().name().contains("_piece");
        synchronized (TrafficListener.class) {
            if (piece && block.storageLevel().isValid() && roundsEnded > 0) {
                broadcastBytes += block.memSize() + block.diskSize();
            }
        }
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd event) {
        if (!jobs.remove(event.jobId())) {
            return;
        }
        long used = 0;
        if (Boolean.getBoolean(COLLECT)) {
            System.gc();
            used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }
        synchronized (TrafficListener.class) {
            roundsEnded++;
            heapBytes = Math.max(heapBytes, used);
        }
    }
}
