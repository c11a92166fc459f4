package org.loradash.benchmark.process;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.loradash.config.SettingsReader;
import org.loradash.spark.training.TrainingJob;

/** The job in this process, with what it moved. */
public final class WatchedJob {
    private WatchedJob() {}

    /**
     * Runs a configuration to its end.
     *
     * @param collect whether the heap is collected at the end of each round
     */
    public static TrafficListener.Traffic run(String configuration, boolean collect) {
        System.setProperty(TrafficListener.COLLECT, String.valueOf(collect));
        run(configuration, TrafficListener.class);
        return TrafficListener.ofRound();
    }

    /**
     * Runs a configuration to its end.
     *
     * @param every rounds between two samples
     * @return what the process held then
     */
    public static List<ResourceListener.Sample> resources(String configuration, int every) {
        System.setProperty(ResourceListener.EVERY, String.valueOf(every));
        run(configuration, ResourceListener.class);
        return ResourceListener.samples();
    }

    private static void run(String configuration, Class<? extends SparkListener> listener) {
        List<String> listeners = List.of("spark.extraListeners=" + listener.getName());
        // When it returns Spark has stopped, and before that its listeners have heard everything.
        TrainingJob.run(new SettingsReader(new Configuration()).read(configuration, listeners));
    }
}
