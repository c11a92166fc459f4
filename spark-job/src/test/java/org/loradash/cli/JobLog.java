package org.loradash.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerJobStart;

/** What Spark was asked to do in this process: {@code spark.extraListeners}. */
public final class JobLog extends SparkListener {
    private static final List<String> JOBS = new CopyOnWriteArrayList<>();

    static void clear() {
        JOBS.clear();
    }

    /** "application" for each that has started, and the description of each job. */
    static List<String> jobs() {
        return List.copyOf(JOBS);
    }

    @Override
    public void onApplicationStart(SparkListenerApplicationStart start) {
        JOBS.add("application");
    }

    @Override
    public void onJobStart(SparkListenerJobStart start) {
        JOBS.add(Optional.ofNullable(start.properties().getProperty("spark.job.description"))
                .orElse("a job"));
    }
}
