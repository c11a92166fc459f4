package org.loradash.spark.training;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.autograd.Tape;
import org.loradash.config.Settings;
import org.loradash.config.TrainingSettings;
import org.loradash.run.Checkpoints;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.run.Restart;
import org.loradash.run.RunDirectory;
import org.loradash.spark.dl4j.Rounds;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.RoundListener;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.source.RunRecords;
import org.loradash.task.Task;
import org.loradash.tracking.Tracking;
import org.loradash.train.BestState;
import org.loradash.train.TaskObjective;
import org.loradash.train.TrainingState;
import org.loradash.tsd.Counted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run through its stages: pre-launch, boundary, sprint, or without a boundary a single stage; then what it leaves. */
final class TrainingRun<B> {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    private final Task<?, B> task;
    private final JavaSparkContext spark;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final TrainingPlan plan;
    private final Settings settings;
    private final RunRecords records;
    private final Decompositions decompositions;
    private final int steps;
    private final RunDirectory directory;
    private final Progress progress;
    private final RunGauges gauges;

    private Map<String, Directions> directions = Map.of();
    private DirectionWatch watch;
    private Validation validation;
    private Samples samples;

    private TrainingRun(
            Task<?, B> task,
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            TrainingPlan plan,
            RunRecords records,
            Decompositions decompositions,
            int steps,
            RunDirectory directory,
            PrintStream out) {
        this.task = task;
        this.spark = spark;
        this.hadoop = hadoop;
        this.plan = plan;
        this.settings = plan.settings();
        this.records = records;
        this.decompositions = decompositions;
        this.steps = steps;
        this.directory = directory;
        this.progress = new Progress(out, steps, task.units());
        this.gauges = RunGauges.register(task.units().size());
    }

    /**
     * A run of a task.
     *
     * @param plan with the singular triplets that its method starts from
     */
    static <B> TrainingRun<B> of(
            Task<?, B> task,
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            TrainingPlan plan,
            RunRecords records,
            Decompositions decompositions,
            int steps,
            RunDirectory directory,
            PrintStream out) {
        return new TrainingRun<>(task, spark, hadoop, plan, records, decompositions, steps, directory, out);
    }

    /** Trains to the end, from the newest checkpoint if there is one, and writes what is to be left behind. */
    void finish() {
        Optional<Checkpoints.Saved> saved = directory.checkpoints().newest(LOG::warn);
        saved.ifPresent(found ->
                Restart.check(directory.path(), found, plan.adapter(), plan.groups(), steps, settings.validation()));
        if (saved.isPresent()) {
            directory.tsd().checkBoundary();
        }
        TrainingState state = saved.map(Checkpoints.Saved::state)
                .orElseGet(() -> TrainingState.startingAt(plan.start(spark.hadoopConfiguration()), plan.groups()));
        directions = saved.map(Checkpoints.Saved::directions).orElse(Map.of());
        Map<String, int[]> checked = saved.map(Checkpoints.Saved::checked).orElse(Map.of());
        watch = new DirectionWatch(spark, hadoop, plan.located(), decompositions, directory, progress, checked);
        validation = new Validation(
                spark,
                settings.validation(),
                task,
                records.heldOut(),
                steps,
                directory,
                progress,
                saved.map(Checkpoints.Saved::best).orElse(BestState.NONE));
        samples = Samples.of(task, spark, hadoop, steps, directory, progress);
        saved.ifPresent(
                found -> progress.say("going on at step " + found.state().step()));
        int firstRound = state.round();
        try (Metrics metrics = directory.openMetrics(task.units(), event -> event.round() < firstRound);
                Rounds<B> rounds = rounds(task);
                Tracking tracking = Tracking.of(settings, directory, task.units(), progress::say, LOG::warn)) {
            checkWhole(metrics, firstRound);
            metrics.tell(tracking::tell);
            state = train(rounds, metrics, state);
            RunResult.write(directory, plan, directions, validation.kept(state), progress);
            directory.writeReport(settings, metrics.events());
            tracking.finished();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.path().toString(), e);
        }
        directory.finish();
        progress.say("%s, report: %s"
                .formatted(RunResult.place(directory, plan), new Path(directory.path(), "report.html")));
    }

    private void checkWhole(Metrics metrics, int rounds) {
        long found =
                metrics.events().stream().filter(Event.Round.class::isInstance).count();
        if (found < rounds) {
            LOG.warn("{}: lines of {} of {} rounds are missing", directory.metrics(), rounds - found, rounds);
        }
    }

    private TrainingState train(Rounds<B> rounds, Metrics metrics, TrainingState begin) {
        if (plan.boundary().isEmpty()) {
            return stage("training", plan.adapter(), steps, rounds, metrics, begin);
        }
        int boundary = plan.boundary().get();
        TrainingPlan.tooShort(settings, steps).ifPresent(progress::say);
        TrainingState state = begin;
        if (directions.isEmpty()) {
            state = stage("pre-launch", plan.adapter(), Math.min(boundary, steps), rounds, metrics, state);
        }
        return directions.isEmpty()
                ? state
                : stage("sprint", plan.adapter().withDirections(directions), steps, rounds, metrics, state);
    }

    private TrainingState stage(
            String name, Adapter adapter, int until, Rounds<B> rounds, Metrics metrics, TrainingState begin) {
        if (begin.step() >= until || validation.endsTraining()) {
            return begin;
        }
        Broadcast<Adapter> shared = spark.broadcast(adapter);
        Stage<B> stage = new Stage<>(
                name,
                until,
                watch.stops(adapter),
                adapter.pieces().stream()
                        .map(piece -> new Chunk(piece.from(), piece.to()))
                        .toList(),
                task.units(),
                new TaskObjectives<>(task, plan.located().model(), shared, options(), hadoop));
        TrainingState[] next = {begin};
        rounds.train(stage, begin, new RoundListener() {
            @Override
            public void onRound(RoundOutcome outcome) {
                RoundEvents.tell(outcome, metrics, progress);
                gauges.show(outcome);
                validation.after(outcome, stage, mayEndEarly(adapter), rounds, metrics);
                samples.after(outcome, stage, rounds, metrics);
                next[0] = afterRound(outcome, adapter, metrics);
            }

            @Override
            public boolean endsStage() {
                return adapter.directions().isEmpty() && !directions.isEmpty() || validation.endsTraining();
            }
        });
        shared.destroy();
        return next[0];
    }

    private TaskObjective.Options options() {
        TrainingSettings training = settings.training();
        return new TaskObjective.Options(
                settings.adapter().dropout(),
                spark.getConf().getInt("spark.task.cpus", 1),
                new Task.Slicing(training.sliceTokens(), settings.data().packing()),
                training.recompute() ? Tape.BlockValues.RECOMPUTED : Tape.BlockValues.KEPT,
                training.arithmetic());
    }

    /** Pre-launch has an end of its own. */
    private boolean mayEndEarly(Adapter adapter) {
        return plan.boundary().isEmpty() || !adapter.directions().isEmpty();
    }

    /** Takes the directions over where pre-launch ends with it, and keeps the state where it is due. */
    private TrainingState afterRound(RoundOutcome outcome, Adapter adapter, Metrics metrics) {
        TrainingState state = outcome.state();
        Optional<DirectionWatch.Look> boundary = watch.after(outcome, adapter, steps, metrics);
        if (boundary.isPresent()) {
            takeDirections(boundary.get(), outcome, metrics);
            state = state.with(plan.coordinates(state.step(), plan.adapter().withDirections(directions)));
        }
        int every = settings.checkpoint().everyRounds();
        boolean due = every > 0 && state.round() % every == 0;
        if (boundary.isPresent() || due || state.step() == steps || validation.endsTraining()) {
            keep(state, outcome.plan().round(), metrics);
        }
        return state;
    }

    private void takeDirections(DirectionWatch.Look look, RoundOutcome outcome, Metrics metrics) {
        Boundary boundary = look.boundary();
        directions = boundary.directions();
        directory.tsd().writeBoundary(boundary.figures());
        metrics.add(new Event.Boundary(
                outcome.plan().round(),
                outcome.state().step(),
                directions.size(),
                settings.dash().directions(),
                look.seconds(),
                look.decompositionSeconds(),
                boundary.productOfMeansDifference(),
                boundary.directionsThatDiffer()));
        progress.say("boundary   %s of each of %s chosen in %.1f s (%s computed)"
                .formatted(
                        Counted.of(settings.dash().directions(), "direction"),
                        Counted.of(directions.size(), "target"),
                        look.seconds(),
                        Counted.of(look.computed(), "decomposition")));
    }

    /** All of a round's lines are on disk, the checkpoint's own among them, before a restart can go on from it. */
    private void keep(TrainingState state, int round, Metrics metrics) {
        long begin = System.nanoTime();
        Checkpoints checkpoints = directory.checkpoints();
        Checkpoints.Written written = checkpoints.write(new Checkpoints.Saved(
                state,
                settings.training().seed(),
                directions,
                directions.isEmpty() ? watch.checked() : Map.of(),
                validation.best()));
        metrics.add(new Event.Checkpoint(round, state.step(), written.name(), (System.nanoTime() - begin) * 1e-9));
        metrics.sync();
        checkpoints.publish(written, settings.checkpoint().keep());
    }

    private <E> Rounds<B> rounds(Task<E, B> typed) {
        return new Rounds<>(
                spark,
                settings.training(),
                steps,
                records.train().location(),
                records.batches(typed, settings, hadoop));
    }
}
