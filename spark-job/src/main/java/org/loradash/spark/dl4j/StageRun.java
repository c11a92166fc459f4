package org.loradash.spark.dl4j;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.loradash.config.TrainingSettings;
import org.loradash.spark.rounds.ArrivalClock;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.Gathered;
import org.loradash.spark.rounds.Round;
import org.loradash.spark.rounds.RoundListener;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.TrainingFailure;
import org.loradash.train.Averaging;
import org.loradash.train.Contribution;
import org.loradash.train.Contribution.Part;
import org.loradash.train.RoundPlan;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;

/** The driver's side of a stage: round after round, the state out to the workers and the averages back. */
final class StageRun<B> {
    private final SparkDl4jMultiLayer spark;
    private final JavaSparkContext context;
    private final Stage<B> stage;
    private final TrainingSettings training;
    private final Averaging averaging;
    private final JavaRDD<String> locations;
    private final BatchSource<B> batches;
    private final Collection<TrainingHook> hooks;
    private final Replica driver;
    private TrainingState state;

    /**
     * @param locations where the data lies: partition w has worker w's
     */
    StageRun(
            SparkDl4jMultiLayer spark,
            Stage<B> stage,
            TrainingSettings training,
            Averaging averaging,
            JavaRDD<String> locations,
            BatchSource<B> batches,
            Collection<TrainingHook> hooks,
            TrainingState start) {
        this.spark = spark;
        this.context = spark.getSparkContext();
        this.stage = stage;
        this.training = training;
        this.averaging = averaging;
        this.locations = locations;
        this.batches = batches;
        this.hooks = hooks;
        this.driver = Replica.of(spark.getNetwork());
        this.state = start;
        driver.load(start);
    }

    /** One round; the network then holds the next state. */
    void round(RoundListener listener) {
        RoundPlan plan = nextPlan(stage, training, state);
        describe("round %d, steps %d-%d of %d"
                .formatted(plan.round(), plan.firstStep(), plan.lastStep(), stage.untilStep()));

        long begin = System.nanoTime();
        ArrivalClock clock = new ArrivalClock();
        context.sc().register(clock);
        Broadcast<TrainingState> before = context.broadcast(state);
        JavaPairRDD<Integer, RoundPart> pieces = Round.pieces(
                locations, worker(spark, stage, training, batches, before, plan, hooks), stage.chunks(), clock);
        try {
            List<RoundPart> parts = Round.averages(pieces, plan.workers(), stage.chunks(), before, averaging)
                    .collect();
            List<WorkerReport> reports = reports(parts, plan);
            state = next(joined(parts), reports, plan);
            driver.load(state);
            long end = System.nanoTime();
            listener.onRound(new RoundOutcome(
                    stage.name(),
                    plan,
                    state,
                    state.step() >= stage.untilStep(),
                    reports,
                    (end - begin) * 1e-9,
                    (end - clock.value()) * 1e-9,
                    () -> gathered(pieces, plan)));
        } finally {
            // Spark itself would keep each round's pieces on the executors' disks until the driver's next collection.
            pieces.rdd().cleanShuffleDependencies(false);
            before.destroy();
        }
    }

    /** What the stage's next round does. */
    static RoundPlan nextPlan(Stage<?> stage, TrainingSettings training, TrainingState state) {
        return RoundPlan.next(
                state, localSteps(training), stage.stopAfter(state.step()), training.workers(), training.batchSize());
    }

    /** What a worker's task runs. */
    static <B> RoundWorker<B> worker(
            SparkDl4jMultiLayer spark,
            Stage<B> stage,
            TrainingSettings training,
            BatchSource<B> batches,
            Broadcast<TrainingState> state,
            RoundPlan plan,
            Collection<TrainingHook> hooks) {
        AdaptedModel model =
                (AdaptedModel) spark.getNetwork().getLayer(0).conf().getLayer();
        return new RoundWorker<>(
                model.key(),
                stage,
                spark.getNetwork().getLayerWiseConfigurations().toJson(),
                batches,
                state,
                plan,
                training.averaging(),
                training.seed(),
                hooks);
    }

    private static int localSteps(TrainingSettings training) {
        return averagesGradients(training) ? 1 : training.localSteps();
    }

    private static boolean averagesGradients(TrainingSettings training) {
        return training.averaging() == TrainingSettings.Averaging.GRADIENTS;
    }

    private List<WorkerReport> reports(List<RoundPart> parts, RoundPlan plan) {
        List<WorkerReport> reports = parts.stream()
                .filter(RoundPart.Reported.class::isInstance)
                .map(part -> ((RoundPart.Reported) part).report())
                .sorted(Comparator.comparingInt(WorkerReport::worker))
                .toList();
        for (WorkerReport report : reports) {
            report.failed().ifPresent(failure -> {
                throw TrainingFailure.of(stage.name(), plan, report.worker(), failure, batches::record);
            });
        }
        return reports;
    }

    private TrainingState next(Part averaged, List<WorkerReport> reports, RoundPlan plan) {
        Part next = averaged;
        if (averagesGradients(training)) {
            driver.step(averaged.parameters());
            next = driver.part(new Chunk(0, stage.parameters()));
        }
        long weight = reports.stream().mapToLong(WorkerReport::weight).sum();
        if (!next.isFinite()) {
            throw TrainingFailure.ofAverage(stage.name(), plan);
        }
        return state.after(plan, weight, next.parameters(), next.firstMoments(), next.secondMoments());
    }

    private Part joined(List<RoundPart> parts) {
        int size = stage.parameters();
        Part whole = new Part(new float[size], new float[size], new float[size]);
        for (RoundPart received : parts) {
            if (received instanceof RoundPart.Averaged averaged) {
                int from = stage.chunks().get(averaged.chunk()).from();
                Part part = averaged.part();
                System.arraycopy(part.parameters(), 0, whole.parameters(), from, part.parameters().length);
                System.arraycopy(part.firstMoments(), 0, whole.firstMoments(), from, part.firstMoments().length);
                System.arraycopy(part.secondMoments(), 0, whole.secondMoments(), from, part.secondMoments().length);
            }
        }
        return whole;
    }

    /** The workers' own parameters, from the pieces that lie on the executors already. */
    private Iterator<Gathered> gathered(JavaPairRDD<Integer, RoundPart> pieces, RoundPlan plan) {
        if (averagesGradients(training)) {
            return sharedParameters();
        }
        describe("gathering after round %d".formatted(plan.round()));
        return Round.gathered(pieces, stage.chunks().size()).toLocalIterator();
    }

    private Iterator<Gathered> sharedParameters() {
        float[] none = new float[0];
        return IntStream.range(0, stage.chunks().size())
                .mapToObj(index -> {
                    Chunk chunk = stage.chunks().get(index);
                    float[] own = Arrays.copyOfRange(state.parameters(), chunk.from(), chunk.to());
                    return new Gathered(index, List.of(new Contribution(0, 1, new Part(own, none, none))));
                })
                .iterator();
    }

    private void describe(String what) {
        context.setJobDescription(stage.name() + ": " + what);
    }
}
