package org.loradash.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.ChangeFactors;
import org.loradash.adapter.Directions;
import org.loradash.adapter.PeftAdapter;
import org.loradash.adapter.TrainedModel;
import org.loradash.config.Settings;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.run.Checkpoints;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.run.Restart;
import org.loradash.run.RunDirectory;
import org.loradash.train.BestState;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run through its stages: pre-launch, boundary, sprint, or without a boundary a single stage; then what it leaves. */
final class TrainingRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    private final JavaSparkContext spark;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final TrainingPlan plan;
    private final Settings settings;
    private final RunRecords records;
    private final Decompositions decompositions;
    private final int steps;
    private final RunDirectory directory;
    private final Progress progress;

    private Map<String, Directions> directions = Map.of();
    private DirectionWatch watch;
    private Validation validation;

    /** @param plan with the singular triplets that its method starts from */
    TrainingRun(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            TrainingPlan plan,
            RunRecords records,
            Decompositions decompositions,
            int steps,
            RunDirectory directory,
            PrintStream out) {
        this.spark = spark;
        this.hadoop = hadoop;
        this.plan = plan;
        this.settings = plan.settings();
        this.records = records;
        this.decompositions = decompositions;
        this.steps = steps;
        this.directory = directory;
        this.progress = new Progress(out, steps);
    }

    /** Trains to the end, from the newest checkpoint if there is one, and writes what is to be left behind. */
    void finish() {
        Optional<Checkpoints.Saved> saved = directory.checkpoints().newest(LOG::warn);
        saved.ifPresent(found -> Restart.check(directory.path(), found, plan.adapter(), steps, settings.validation()));
        if (saved.isPresent()) {
            directory.checkBoundary();
        }
        TrainingState state =
                saved.map(Checkpoints.Saved::state).orElseGet(() -> TrainingState.startingAt(plan.start()));
        directions = saved.map(Checkpoints.Saved::directions).orElse(Map.of());
        Map<String, int[]> checked = saved.map(Checkpoints.Saved::checked).orElse(Map.of());
        watch = new DirectionWatch(spark, hadoop, plan.located(), decompositions, directory, progress, checked);
        validation = new Validation(
                spark,
                hadoop,
                settings.validation(),
                records.heldOut(),
                steps,
                progress,
                saved.map(Checkpoints.Saved::best).orElse(BestState.NONE));
        saved.ifPresent(
                found -> progress.say("going on at step " + found.state().step()));
        int firstRound = state.round();
        try (Metrics metrics = directory.openMetrics(event -> event.round() < firstRound);
                Rounds rounds = rounds()) {
            checkWhole(metrics, firstRound);
            state = train(rounds, metrics, state);
            writeResult(state);
            directory.writeReport(settings, metrics.events());
        } catch (IOException e) {
            throw new UncheckedIOException(directory.path().toString(), e);
        }
        directory.finish();
        boolean model = plan.adapter().adaptation().isDense();
        progress.say("%s: %s, report: %s"
                .formatted(
                        model ? "model" : "adapter",
                        model ? directory.model() : directory.adapter(),
                        new Path(directory.path(), "report.html")));
    }

    private void checkWhole(Metrics metrics, int rounds) {
        long found =
                metrics.events().stream().filter(Event.Round.class::isInstance).count();
        if (found < rounds) {
            LOG.warn("{}: lines of {} of {} rounds are missing", directory.metrics(), rounds - found, rounds);
        }
    }

    private TrainingState train(Rounds rounds, Metrics metrics, TrainingState begin) {
        if (plan.boundary().isEmpty()) {
            return stage("training", plan.adapter(), steps, rounds, metrics, begin);
        }
        int boundary = plan.boundary().get();
        if (boundary >= steps) {
            boolean fixed = settings.dash().preLaunchSteps().isPresent();
            progress.say("the run has %d steps and pre-launch %s%d: %s"
                    .formatted(
                            steps,
                            fixed ? "" : "at most ",
                            boundary,
                            fixed
                                    ? "there will be no boundary and no sprint"
                                    : "there will be a boundary and a sprint only if the directions settle"));
        }
        TrainingState state = begin;
        if (directions.isEmpty()) {
            state = stage("pre-launch", plan.adapter(), Math.min(boundary, steps), rounds, metrics, state);
        }
        return directions.isEmpty()
                ? state
                : stage("sprint", plan.adapter().withDirections(directions), steps, rounds, metrics, state);
    }

    private TrainingState stage(
            String name, Adapter adapter, int until, Rounds rounds, Metrics metrics, TrainingState begin) {
        if (begin.step() >= until || validation.endsTraining()) {
            return begin;
        }
        Broadcast<Adapter> shared = spark.broadcast(adapter);
        ObjectiveFactory objective = new LanguageModelFactory(
                plan.located().model(),
                shared,
                hadoop,
                settings.adapter().dropout(),
                spark.getConf().getInt("spark.task.cpus", 1),
                settings.training().sliceTokens(),
                settings.data().packing(),
                settings.training().recompute());
        Stage stage = new Stage(
                name,
                adapter.factorParameters(),
                adapter.coordinateParameters(),
                until,
                watch.stops(adapter),
                adapter.pieces().stream()
                        .map(piece -> new Chunk(piece.from(), piece.to()))
                        .toList(),
                objective);
        TrainingState[] next = {begin};
        rounds.train(stage, begin, new RoundListener() {
            @Override
            public void onRound(RoundOutcome outcome) {
                tell(outcome, metrics);
                validation.after(outcome, stage, mayEndEarly(adapter), rounds, metrics);
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
            state = state.withCoordinates(
                    plan.adapter().withDirections(directions).coordinateParameters());
        }
        int every = settings.checkpoint().everyRounds();
        boolean due = every > 0 && state.round() % every == 0;
        if (boundary.isPresent() || due || state.step() == steps || validation.endsTraining()) {
            keep(state, outcome.plan().round(), metrics);
        }
        return state;
    }

    private void tell(RoundOutcome outcome, Metrics metrics) {
        int round = outcome.plan().round();
        List<Event> events = new ArrayList<>();
        for (WorkerReport worker : outcome.workers()) {
            for (StepReport step : worker.steps()) {
                events.add(new Event.Step(
                        round,
                        worker.worker(),
                        step.step(),
                        step.loss(),
                        step.tokens(),
                        step.labelledTokens(),
                        step.learningRate()));
            }
        }
        double tokensPerSecond = outcome.tokens() / outcome.seconds();
        events.add(new Event.Round(
                round,
                outcome.stage(),
                outcome.loss(),
                outcome.tokens(),
                outcome.seconds(),
                tokensPerSecond,
                outcome.averagingSeconds()));
        metrics.addAll(events);
        progress.round(
                outcome.stage(),
                outcome.state().step(),
                outcome.plan().localSteps(),
                outcome.loss(),
                tokensPerSecond,
                outcome.seconds());
    }

    private void takeDirections(DirectionWatch.Look look, RoundOutcome outcome, Metrics metrics) {
        Boundary boundary = look.boundary();
        directions = boundary.directions();
        directory.writeBoundary(boundary.figures());
        metrics.add(new Event.Boundary(
                outcome.plan().round(),
                outcome.state().step(),
                directions.size(),
                settings.dash().directions(),
                look.seconds(),
                look.decompositionSeconds(),
                boundary.productOfMeansDifference(),
                boundary.directionsThatDiffer()));
        progress.say("boundary   %d directions of each of %d targets chosen in %.1f s (%d decompositions computed)"
                .formatted(settings.dash().directions(), directions.size(), look.seconds(), look.computed()));
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

    /** The adapter, or after full fine-tuning the model. */
    private void writeResult(TrainingState state) throws IOException {
        directory.checkClaim();
        float[] kept = validation.kept(state);
        // The best state may be one of pre-launch, from before there were coordinates.
        Adapter adapter = kept.length == plan.adapter().factorParameters()
                ? plan.adapter()
                : plan.adapter().withDirections(directions);
        Tensor parameters = Tensor.of(1, kept.length, kept);
        if (adapter.adaptation().isDense()) {
            progress.say("model      writing all of its tensors");
            try (ModelDirectory base =
                    ModelDirectory.open(hadoop.value().value(), settings.model().path())) {
                TrainedModel.write(directory.files(), directory.model(), adapter, parameters, base);
            }
            return;
        }
        ChangeFactors changes = ChangeFactors.allocate(adapter);
        new ChainRule(adapter).changes(KernelProvider.best().open(), parameters, changes);
        PeftAdapter.write(
                directory.files(),
                directory.adapter(),
                adapter,
                changes,
                settings.model().path());
    }

    private Rounds rounds() {
        double coordinateRate = settings.dash()
                .coordinateLearningRate()
                .orElse(settings.training().learningRate());
        return new Rounds(
                spark,
                settings.training(),
                coordinateRate,
                steps,
                records.train().location(),
                records.batches(settings, hadoop));
    }
}
