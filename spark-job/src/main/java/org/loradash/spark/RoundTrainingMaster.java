package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.loradash.config.Settings;
import org.loradash.train.Averaging;
import org.loradash.train.Contribution;
import org.loradash.train.Contribution.Part;
import org.loradash.train.RoundPlan;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Runs the rounds of one stage behind DL4J Spark's interface: {@code new SparkDl4jMultiLayer(context, network,
 * master).fitPaths(locations)} trains until the stage's last step.
 *
 * <p>It takes the place of DL4J's ParameterAveragingTrainingMaster, which weights workers equally, adds in the order of
 * arrival and cannot show the workers' own results. The data has one partition for each logical worker; a location is
 * read again in each round, by position, so that a task depends on nothing but the state, the plan and its number.
 */
public final class RoundTrainingMaster implements TrainingMaster<RoundResult, RoundWorker> {
    private final Stage stage;
    private final Settings.Training training;
    private final BatchSource batches;
    private final Averaging averaging;
    private final RoundListener roundListener;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private final List<TrainingHook> hooks = new ArrayList<>();
    private TrainingState state;
    private boolean collectingStatistics;

    /**
     * @param stage what is trained, and until when
     * @param training workers, local steps, batch size, averaging mode and seed; the network has the optimiser's part
     * @param batches for {@link #executeTrainingPaths}
     * @param averaging of parameters and moments, or of gradients
     * @param start the state before the stage's first round
     * @param roundListener called on the driver after each round
     */
    public RoundTrainingMaster(
            Stage stage,
            Settings.Training training,
            BatchSource batches,
            Averaging averaging,
            TrainingState start,
            RoundListener roundListener) {
        if (start.parameters().length != stage.parameters()) {
            throw new IllegalArgumentException("state: %d parameters (must be %d in stage %s)"
                    .formatted(start.parameters().length, stage.parameters(), stage.name()));
        }
        this.stage = stage;
        this.training = training;
        this.batches = batches;
        this.averaging = averaging;
        this.state = start;
        this.roundListener = roundListener;
    }

    /** The state after the last round. */
    public TrainingState state() {
        return state;
    }

    /** Trains on locations: partition w holds the one that worker w reads. */
    @Override
    public void executeTrainingPaths(
            SparkDl4jMultiLayer network,
            SparkComputationGraph graph,
            JavaRDD<String> locations,
            DataSetLoader loader,
            MultiDataSetLoader otherLoader) {
        if (network == null) {
            throw notAGraph();
        }
        BatchSource source = batches;
        train(network, locations, (partition, plan, worker) -> {
            String location = partition.next();
            return localStep -> BatchEncoding.encode(source.batch(location, plan, worker, localStep));
        });
    }

    /** Trains on encoded batches: partition w holds those of worker w, in the order of the steps of the stage. */
    @Override
    public void executeTraining(SparkDl4jMultiLayer network, JavaRDD<DataSet> encoded) {
        int firstStep = state.step();
        train(network, encoded, (partition, plan, worker) -> {
            for (int step = firstStep; step < plan.firstStep(); step++) {
                next(partition, worker, step);
            }
            return localStep -> next(partition, worker, plan.firstStep() + localStep);
        });
    }

    private static DataSet next(Iterator<DataSet> batches, int worker, int step) {
        if (!batches.hasNext()) {
            throw new NoSuchElementException("the batches of worker %d end before step %d".formatted(worker, step));
        }
        return batches.next();
    }

    private <T> void train(SparkDl4jMultiLayer spark, JavaRDD<T> data, Round.BatchReader<T> reader) {
        if (data.getNumPartitions() != training.workers()) {
            throw new IllegalArgumentException("data: %d partitions (must be %d, one a worker)"
                    .formatted(data.getNumPartitions(), training.workers()));
        }
        Replica driver = Replica.of(spark.getNetwork());
        driver.load(state);
        try {
            while (state.step() < stage.untilStep()) {
                round(spark, driver, data, reader, nextPlan());
            }
        } finally {
            spark.getSparkContext().setJobDescription(null);
        }
    }

    private <T> void round(
            SparkDl4jMultiLayer spark, Replica driver, JavaRDD<T> data, Round.BatchReader<T> reader, RoundPlan plan) {
        JavaSparkContext context = spark.getSparkContext();
        long begin = System.nanoTime();
        int roundsOfStage = plan.round() + (stage.untilStep() - plan.firstStep() + localSteps() - 1) / localSteps();
        describe(
                context,
                "round %d of %d, steps %d-%d"
                        .formatted(plan.round(), roundsOfStage, plan.firstStep(), plan.lastStep()));
        Broadcast<TrainingState> before = context.broadcast(state);
        ArrivalClock clock = new ArrivalClock();
        context.sc().register(clock);
        JavaPairRDD<Integer, RoundPart> pieces =
                Round.pieces(data, reader, worker(spark, before, plan), stage.chunks(), clock);
        try {
            List<RoundPart> parts = Round.averages(pieces, plan.workers(), stage.chunks(), before, averaging)
                    .collect();
            List<WorkerReport> reports = reports(parts, plan);
            state = next(driver, parts, reports, plan);
            long end = System.nanoTime();
            driver.load(state);
            tellListeners(driver, reports);
            roundListener.onRound(new RoundOutcome(
                    stage.name(),
                    plan,
                    state,
                    state.step() >= stage.untilStep(),
                    reports,
                    (end - begin) * 1e-9,
                    (end - clock.value()) * 1e-9,
                    () -> gathered(context, pieces, plan)));
        } finally {
            // Spark itself would keep each round's pieces on the executors' disks until the driver's next collection.
            pieces.rdd().cleanShuffleDependencies(false);
            before.destroy(false);
        }
    }

    private RoundPlan nextPlan() {
        return RoundPlan.next(state, localSteps(), stage.untilStep(), training.workers(), training.batchSize());
    }

    private int localSteps() {
        return averagesGradients() ? 1 : training.localSteps();
    }

    private boolean averagesGradients() {
        return training.averaging() == Settings.Averaging.GRADIENTS;
    }

    private RoundWorker worker(SparkDl4jMultiLayer spark, Broadcast<TrainingState> before, RoundPlan plan) {
        return new RoundWorker(
                ((AdaptedModel) spark.getNetwork().getLayer(0).conf().getLayer()).key(),
                stage.objective(),
                spark.getNetwork().getLayerWiseConfigurations().toJson(),
                before,
                plan,
                training.averaging(),
                training.seed(),
                hooks);
    }

    private List<WorkerReport> reports(List<RoundPart> parts, RoundPlan plan) {
        List<WorkerReport> reports = parts.stream()
                .filter(RoundPart.Reported.class::isInstance)
                .map(part -> ((RoundPart.Reported) part).report())
                .sorted(Comparator.comparingInt(WorkerReport::worker))
                .toList();
        for (WorkerReport report : reports) {
            report.failed().ifPresent(failure -> {
                throw new TrainingFailure(
                        "%s: round %d, worker %d, %s".formatted(stage.name(), plan.round(), report.worker(), failure));
            });
        }
        return reports;
    }

    private TrainingState next(Replica driver, List<RoundPart> parts, List<WorkerReport> reports, RoundPlan plan) {
        Part whole = joined(parts);
        if (averagesGradients()) {
            driver.step(whole.parameters());
            whole = driver.part(new Chunk(0, stage.parameters()));
        }
        long labelled = reports.stream().mapToLong(WorkerReport::labelledTokens).sum();
        return state.after(plan, labelled, whole.parameters(), whole.firstMoments(), whole.secondMoments());
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
    private Iterator<Gathered> gathered(
            JavaSparkContext context, JavaPairRDD<Integer, RoundPart> pieces, RoundPlan plan) {
        if (averagesGradients()) {
            return sharedParameters();
        }
        describe(context, "gathering after round %d".formatted(plan.round()));
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

    private void tellListeners(Replica driver, List<WorkerReport> reports) {
        double weighted = 0;
        double labelled = 0;
        for (WorkerReport report : reports) {
            StepReport last = report.steps().get(report.steps().size() - 1);
            weighted += last.loss() * last.labelledTokens();
            labelled += last.labelledTokens();
        }
        driver.network().setScore(weighted / labelled);
        for (TrainingListener listener : listeners) {
            listener.iterationDone(
                    driver.network(), state.step(), driver.network().getEpochCount());
        }
    }

    private void describe(JavaSparkContext context, String what) {
        context.setJobDescription(stage.name() + ": " + what);
    }

    @Override
    public void addHook(TrainingHook hook) {
        hooks.add(hook);
    }

    @Override
    public void removeHook(TrainingHook hook) {
        hooks.remove(hook);
    }

    @Override
    public void setListeners(Collection<TrainingListener> newListeners) {
        listeners.clear();
        listeners.addAll(newListeners);
    }

    /** The listeners run on the driver after each round; the router, which is for listeners on executors, is not used. */
    @Override
    public void setListeners(StatsStorageRouter router, Collection<TrainingListener> newListeners) {
        setListeners(newListeners);
    }

    @Override
    public String toJson() {
        return written(NeuralNetConfiguration.mapper());
    }

    @Override
    public String toYaml() {
        return written(NeuralNetConfiguration.mapperYaml());
    }

    private String written(ObjectMapper mapper) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("stage", stage.name());
        settings.put("parameters", stage.parameters());
        settings.put("untilStep", stage.untilStep());
        settings.put("workers", training.workers());
        settings.put("localSteps", training.localSteps());
        settings.put("batchSize", training.batchSize());
        settings.put("averaging", training.averaging().name());
        settings.put("seed", training.seed());
        try {
            return mapper.writeValueAsString(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void setCollectTrainingStats(boolean collect) {
        collectingStatistics = collect;
    }

    @Override
    public boolean getIsCollectTrainingStats() {
        return collectingStatistics;
    }

    /** None: every round's outcome has its workers' times, whether asked for or not. */
    @Override
    public SparkTrainingStats getTrainingStats() {
        return null;
    }

    /** True: there are none. */
    @Override
    public boolean deleteTempFiles(JavaSparkContext context) {
        return true;
    }

    /** True: there are none. */
    @Override
    public boolean deleteTempFiles(SparkContext context) {
        return true;
    }

    /** A worker of the next round, which reads the state as it is now. */
    @Override
    public RoundWorker getWorkerInstance(SparkDl4jMultiLayer network) {
        RoundPlan plan = nextPlan();
        return worker(network, network.getSparkContext().broadcast(state), plan);
    }

    @Override
    public RoundWorker getWorkerInstance(SparkComputationGraph graph) {
        throw notAGraph();
    }

    @Override
    public void executeTraining(SparkComputationGraph graph, JavaRDD<DataSet> data) {
        throw notAGraph();
    }

    @Override
    public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> data) {
        throw notAGraph();
    }

    static IllegalStateException notAGraph() {
        return new IllegalStateException(
                "an adapted model is a MultiLayerNetwork of one layer, not a ComputationGraph");
    }
}
