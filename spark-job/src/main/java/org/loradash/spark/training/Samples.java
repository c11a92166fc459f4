package org.loradash.spark.training;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;
import org.loradash.spark.dl4j.Rounds;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.task.Task;
import org.loradash.train.TrainingState;

/**
 * Has the model make what is to be looked at after the rounds after which it is due.
 *
 * @param every so many rounds; 0 for never
 * @param steps of the whole run, after which it is due too
 */
record Samples(
        JavaSparkContext spark,
        Broadcast<SerializableConfiguration> hadoop,
        int every,
        int steps,
        RunDirectory directory,
        Progress progress) {

    static Samples of(
            Task<?, ?> task,
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            int steps,
            RunDirectory directory,
            Progress progress) {
        return new Samples(spark, hadoop, task.samplesEvery(), steps, directory, progress);
    }

    /** @param stage of the round */
    <B> void after(RoundOutcome outcome, Stage<B> stage, Rounds<B> rounds, Metrics metrics) {
        TrainingState state = outcome.state();
        if (every == 0 || state.round() % every != 0 && state.step() != steps) {
            return;
        }
        long begin = System.nanoTime();
        spark.setJobDescription("%s: samples after round %d"
                .formatted(stage.name(), outcome.plan().round()));
        List<String> files = new ArrayList<>();
        for (byte[] sample : rounds.samples(stage, state, hadoop)) {
            files.add(directory.writeSample(state.step(), files.size(), sample));
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        metrics.add(new Event.Samples(outcome.plan().round(), state.step(), files, seconds));
        progress.say("samples    %d in %.1f s: %s".formatted(files.size(), seconds, files));
    }
}
