package org.loradash.spark.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.loradash.config.Seeds;
import org.loradash.config.TrainingSettings;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.StageKey;
import org.loradash.spark.rounds.Worker;
import org.loradash.task.Units;
import org.loradash.train.RoundPlan;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.loradash.train.WorkerReport.Failure;
import org.loradash.train.WorkerReport.Seconds;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * One logical worker of one round: a pure function of the state, the plan and the worker's number, run by a Spark task
 * on a network that its process keeps.
 */
public final class RoundWorker<B> implements TrainingWorker<RoundResult>, Worker {
    private static final long serialVersionUID = 1L;

    private final StageKey key;
    private final Units units;
    private final ObjectiveFactory<B> objective;
    private final String configuration;
    private final BatchSource<B> batches;
    private final Broadcast<TrainingState> state;
    private final RoundPlan plan;
    private final TrainingSettings.Averaging averaging;
    private final long runSeed;
    private final Collection<TrainingHook> hooks;

    private transient int worker;
    private transient ProcessStage<B> stage;
    private transient Replica replica;
    private transient List<StepReport> steps;
    private transient double preparing;
    private transient double reading;
    private transient double computing;

    RoundWorker(
            StageKey key,
            Stage<B> stage,
            String configuration,
            BatchSource<B> batches,
            Broadcast<TrainingState> state,
            RoundPlan plan,
            TrainingSettings.Averaging averaging,
            long runSeed,
            Collection<TrainingHook> hooks) {
        this.key = key;
        this.units = stage.units();
        this.objective = stage.objective();
        this.configuration = configuration;
        this.batches = batches;
        this.state = state;
        this.plan = plan;
        this.averaging = averaging;
        this.runSeed = runSeed;
        this.hooks = new ArrayList<>(hooks);
    }

    @Override
    public Iterator<Tuple2<Integer, RoundPart>> run(int number, String location, List<Chunk> chunks) {
        worker = number;
        MultiLayerNetwork network = getInitialModel();
        RoundResult result = null;
        for (int localStep = 0; result == null; localStep++) {
            long begin = System.nanoTime();
            B batch = batches.batch(location, plan, worker, localStep);
            reading += secondsSince(begin);
            result = step(batch, network, localStep + 1 == plan.localSteps());
        }
        return result.parts(chunks);
    }

    private RoundResult step(B batch, MultiLayerNetwork network, boolean isLast) {
        DataSet handed = stage.handles().hand(batch);
        try {
            return processMinibatch(handed, network, isLast);
        } finally {
            stage.handles().takeBack(handed);
        }
    }

    /** Leaves the network to the process's next task. */
    @Override
    public void release() {
        if (replica != null) {
            stage.replicas().giveBack(replica);
            replica = null;
        }
    }

    @Override
    public MultiLayerNetwork getInitialModel() {
        long begin = System.nanoTime();
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        stage = ProcessStage.enter(key, objective, configuration);
        replica = stage.replicas().take();
        replica.load(state.value());
        steps = new ArrayList<>();
        preparing = secondsSince(begin);
        return replica.network();
    }

    @Override
    public RoundResult processMinibatch(DataSet data, MultiLayerNetwork network, boolean isLast) {
        long begin = System.nanoTime();
        int step = network.getIterationCount();
        B batch = stage.handles().held(data.getFeatures());
        long weight = stage.with(computing -> computing.weight(batch));
        if (weight == 0) {
            return result(new Failure(step, units.nothing()));
        }
        replica.layer().seed(Seeds.ofStep(runSeed, step, worker));
        double rate = replica.layer().layerConf().getIUpdater().getLearningRate(step, 0);
        hooks.forEach(hook -> hook.preUpdate(data, network));
        switch (averaging) {
            case PARAMETERS -> network.fit(data);
            case GRADIENTS -> differentiate(data, network);
        }
        hooks.forEach(hook -> hook.postUpdate(data, network));
        double loss = network.score();
        steps.add(new StepReport(
                step,
                loss,
                stage.with(computing -> computing.size(batch)),
                stage.with(computing -> computing.computed(batch)),
                weight,
                rate));
        computing += secondsSince(begin);
        if (!Double.isFinite(loss)) {
            return result(new Failure(step, "the loss is " + loss));
        }
        if (!replica.hasFiniteParameters()) {
            return result(new Failure(step, "the parameters are not finite"));
        }
        return isLast ? getFinalResult(network) : null;
    }

    @Override
    public RoundResult getFinalResult(MultiLayerNetwork network) {
        return result(null);
    }

    private RoundResult result(Failure failure) {
        WorkerReport report = new WorkerReport(worker, steps, failure, new Seconds(preparing, reading, computing));
        Replica holder = replica;
        return new RoundResult(
                report,
                switch (averaging) {
                    case PARAMETERS -> holder::part;
                    case GRADIENTS -> holder::gradient;
                });
    }

    private static void differentiate(DataSet data, MultiLayerNetwork network) {
        network.setInput(data.getFeatures());
        network.setLabels(data.getLabels());
        network.computeGradientAndScore();
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) * 1e-9;
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
    public Pair<RoundResult, SparkTrainingStats> processMinibatchWithStats(
            DataSet data, MultiLayerNetwork network, boolean isLast) {
        RoundResult result = processMinibatch(data, network, isLast);
        return result == null ? null : new Pair<>(result, null);
    }

    @Override
    public Pair<RoundResult, SparkTrainingStats> getFinalResultWithStats(MultiLayerNetwork network) {
        return new Pair<>(getFinalResult(network), null);
    }

    @Override
    public RoundResult getFinalResultNoData() {
        throw new IllegalStateException("worker " + worker + " has no batch (every worker has one each local step)");
    }

    @Override
    public Pair<RoundResult, SparkTrainingStats> getFinalResultNoDataWithStats() {
        return new Pair<>(getFinalResultNoData(), null);
    }

    @Override
    public WorkerConfiguration getDataConfiguration() {
        return new WorkerConfiguration(false, 1, 1, plan.localSteps(), 0, false);
    }

    @Override
    public long getInstanceId() {
        return worker;
    }

    @Override
    public ComputationGraph getInitialModelGraph() {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public RoundResult processMinibatch(DataSet data, ComputationGraph graph, boolean isLast) {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public RoundResult processMinibatch(MultiDataSet data, ComputationGraph graph, boolean isLast) {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public Pair<RoundResult, SparkTrainingStats> processMinibatchWithStats(
            DataSet data, ComputationGraph graph, boolean isLast) {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public Pair<RoundResult, SparkTrainingStats> processMinibatchWithStats(
            MultiDataSet data, ComputationGraph graph, boolean isLast) {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public RoundResult getFinalResult(ComputationGraph graph) {
        throw RoundTrainingMaster.notAGraph();
    }

    @Override
    public Pair<RoundResult, SparkTrainingStats> getFinalResultWithStats(ComputationGraph graph) {
        throw RoundTrainingMaster.notAGraph();
    }
}
