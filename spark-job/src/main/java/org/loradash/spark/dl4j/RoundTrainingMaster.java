package org.loradash.spark.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.loradash.config.TrainingSettings;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.RoundListener;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.train.Averaging;
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
public final class RoundTrainingMaster<B> implements TrainingMaster<RoundResult, RoundWorker<B>> {
    private final Stage<B> stage;
    private final TrainingSettings training;
    private final BatchSource<B> batches;
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
            Stage<B> stage,
            TrainingSettings training,
            BatchSource<B> batches,
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
        train(network, locations);
    }

    @Override
    public void executeTraining(SparkDl4jMultiLayer network, JavaRDD<DataSet> data) {
        throw new IllegalStateException("batches are read where the data lies: train by fitPaths, on its locations");
    }

    private void train(SparkDl4jMultiLayer spark, JavaRDD<String> data) {
        if (data.getNumPartitions() != training.workers()) {
            throw new IllegalArgumentException("data: %d partitions (must be %d, one a worker)"
                    .formatted(data.getNumPartitions(), training.workers()));
        }
        StageRun<B> run = new StageRun<>(spark, stage, training, averaging, data, batches, hooks, state);
        try {
            boolean ended = false;
            while (!ended && state.step() < stage.untilStep()) {
                run.round(outcome -> {
                    state = outcome.state();
                    tellListeners(spark.getNetwork(), outcome);
                    roundListener.onRound(outcome);
                });
                ended = roundListener.endsStage();
            }
        } finally {
            spark.getSparkContext().setJobDescription(null);
        }
    }

    /** As after an iteration: to DL4J's listeners a round is one, and its score the mean loss of the last step. */
    private void tellListeners(MultiLayerNetwork network, RoundOutcome outcome) {
        double weighted = 0;
        double weights = 0;
        for (WorkerReport report : outcome.workers()) {
            StepReport last = report.steps().get(report.steps().size() - 1);
            weighted += last.loss() * last.weight();
            weights += last.weight();
        }
        network.setScore(weighted / weights);
        for (TrainingListener listener : listeners) {
            listener.iterationDone(network, state.step(), network.getEpochCount());
        }
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
    public RoundWorker<B> getWorkerInstance(SparkDl4jMultiLayer spark) {
        return StageRun.worker(
                spark,
                stage,
                training,
                batches,
                spark.getSparkContext().broadcast(state),
                StageRun.nextPlan(stage, training, state),
                hooks);
    }

    @Override
    public RoundWorker<B> getWorkerInstance(SparkComputationGraph graph) {
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
