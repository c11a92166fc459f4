package org.loradash.benchmark.process;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.SettingsReader;
import org.loradash.spark.TrainingJob;

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
        List<String> listener = List.of("spark.extraListeners=" + TrafficListener.class.getName());
        TrainingJob.run(new SettingsReader(new Configuration()).read(configuration, listener));
        // Spark has stopped, and before that its listeners have heard everything.
        return TrafficListener.ofRound();
    }
}
