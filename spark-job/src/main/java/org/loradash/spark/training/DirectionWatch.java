package org.loradash.spark.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.config.DashSettings;
import org.loradash.config.Settings;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.train.DirectionOverlap;

/**
 * Looks at the directions after the rounds in which somebody wants to know of them: to record what the method's change
 * predicts, to see whether they have settled, and to choose them where pre-launch ends.
 */
final class DirectionWatch {
    private final JavaSparkContext spark;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final Settings settings;
    private final Decompositions decompositions;
    private final RunDirectory directory;
    private final Progress progress;

    private boolean decomposed = false;
    private Map<String, int[]> checked;

    /** @param checked the best directions at the last check before, by target; empty where there was none */
    DirectionWatch(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            Settings settings,
            Decompositions decompositions,
            RunDirectory directory,
            Progress progress,
            Map<String, int[]> checked) {
        this.spark = spark;
        this.hadoop = hadoop;
        this.settings = settings;
        this.decompositions = decompositions;
        this.directory = directory;
        this.progress = progress;
        this.checked = checked;
    }

    /**
     * What a look found.
     *
     * @param computed decompositions that the cache had lacked
     * @param decompositionSeconds spent on them, or on finding them
     * @param seconds in all
     */
    record Look(Boundary boundary, int computed, double decompositionSeconds, double seconds) {}

    /** The best directions at the last check, by target. */
    Map<String, int[]> checked() {
        return checked;
    }

    /**
     * Numbers of steps at whose multiples the watch looks, so that rounds have to end there.
     *
     * @param adapter of the stage
     */
    List<Integer> stops(Adapter adapter) {
        boolean checks = mayEnd(adapter) && dash().preLaunchSteps().isEmpty();
        return Stream.of(checks ? dash().auto().checkEvery() : 0, dash().trackEvery())
                .filter(every -> every > 0)
                .toList();
    }

    /**
     * Looks after a round if there is a reason to.
     *
     * @param adapter of the stage
     * @param steps of the whole run: a boundary comes before its end or not at all
     * @return what it found, where pre-launch ends with this round
     */
    Optional<Look> after(RoundOutcome outcome, Adapter adapter, int steps, Metrics metrics) {
        int step = outcome.state().step();
        boolean preLaunch = mayEnd(adapter) && step < steps;
        boolean check = preLaunch
                && dash().preLaunchSteps().isEmpty()
                && step % dash().auto().checkEvery() == 0;
        boolean track = dash().trackEvery() > 0 && step % dash().trackEvery() == 0;
        boolean last = preLaunch && outcome.last();
        if (!check && !track && !last) {
            return Optional.empty();
        }
        Look look = look(outcome, adapter);
        if (track) {
            record(look, outcome, metrics);
        }
        boolean settled = check && settled(look, outcome, metrics);
        return last || settled ? Optional.of(look) : Optional.empty();
    }

    private boolean mayEnd(Adapter adapter) {
        return dash().on() && adapter.directions().isEmpty();
    }

    private Look look(RoundOutcome outcome, Adapter adapter) {
        long begin = System.nanoTime();
        int computed = 0;
        if (!decomposed) {
            computed = decompositions.complete(spark, hadoop, settings.model().path(), adapter.targets());
            decomposed = true;
        }
        double decomposing = secondsSince(begin);
        Boundary boundary =
                Boundary.find(outcome.gathered(), adapter, settings, decompositions, spark.hadoopConfiguration());
        return new Look(boundary, computed, decomposing, secondsSince(begin));
    }

    private void record(Look look, RoundOutcome outcome, Metrics metrics) {
        int step = outcome.state().step();
        String file = directory.tsd().writeTracked(step, look.boundary().figures());
        metrics.add(new Event.Tracked(
                outcome.plan().round(), step, look.boundary().figures().size(), file, look.seconds()));
    }

    private boolean settled(Look look, RoundOutcome outcome, Metrics metrics) {
        int step = outcome.state().step();
        Map<String, int[]> now = look.boundary().best(dash().directions());
        double overlap = DirectionOverlap.mean(checked, now);
        progress.say(
                checked.isEmpty()
                        ? "check      the best %d directions of each target noted".formatted(dash().directions())
                        : "check      %.0f %% of the best %d directions of each target were so before too"
                                .formatted(100 * overlap, dash().directions()));
        checked = now;
        metrics.add(new Event.Check(outcome.plan().round(), step, overlap, look.seconds()));
        return overlap >= dash().auto().overlap() && step >= dash().auto().leastSteps();
    }

    private DashSettings dash() {
        return settings.dash();
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) * 1e-9;
    }
}
