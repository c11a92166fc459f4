package org.loradash.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.loradash.config.Seeds;
import org.loradash.config.Settings;
import org.loradash.data.Batch;
import org.loradash.kernel.NativeLibrary;
import org.loradash.train.RoundPlan;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.loradash.train.WorkerReport.Failure;
import org.loradash.train.WorkerReport.Seconds;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One logical worker of one round: a pure function of the state, the plan and the worker's number, run by a Spark task
 * on a network that its process keeps.
 */
public final class RoundWorker implements TrainingWorker<RoundResult> {
    private static final long serialVersionUID = 1L;

    private final StageKey key;
    private final ObjectiveFactory objective;
    private final String configuration;
    private final Broadcast<TrainingState> state;
    private final RoundPlan plan;
    private final Settings.Averaging averaging;
    private final long runSeed;
    private final Collection<TrainingHook> hooks;

    private transient int worker;
    private transient Pool<Replica> home;
    private transient Replica replica;
    private transient List<StepReport> steps;
    private transient double preparing;
    private transient double reading;
    private transient double computing;

    RoundWorker(
            StageKey key,
            ObjectiveFactory objective,
            String configuration,
            Broadcast<TrainingState> state,
            RoundPlan plan,
            Settings.Averaging averaging,
            long runSeed,
            Collection<TrainingHook> hooks) {
        this.key = key;
        this.objective = objective;
        this.configuration = configuration;
        this.state = state;
        this.plan = plan;
        this.averaging = averaging;
        this.runSeed = runSeed;
        this.hooks = new ArrayList<>(hooks);
    }

    RoundPlan plan() {
        return plan;
    }

    /** All local steps of a worker. The result reads the worker's network, so it is used up before {@link #release}. */
    RoundResult run(int number, IntFunction<DataSet> batches) {
        worker = number;
        MultiLayerNetwork network = getInitialModel();
        RoundResult result = null;
        for (int localStep = 0; result == null; localStep++) {
            long begin = System.nanoTime();
            DataSet batch = batches.apply(localStep);
            reading += secondsSince(begin);
            result = processMinibatch(batch, network, localStep + 1 == plan.localSteps());
        }
        return result;
    }

    /** Leaves the network to the process's next task. */
    void release() {
        if (replica != null) {
            home.giveBack(replica);
            replica = null;
        }
    }

    @Override
    public MultiLayerNetwork getInitialModel() {
        long begin = System.nanoTime();
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        home = ProcessStage.enter(key, objective, configuration).replicas();
        replica = home.take();
        replica.load(state.value());
        steps = new ArrayList<>();
        preparing = secondsSince(begin);
        return replica.network();
    }

    @Override
    public RoundResult processMinibatch(DataSet data, MultiLayerNetwork network, boolean isLast) {
        long begin = System.nanoTime();
        int step = network.getIterationCount();
        Batch batch = BatchEncoding.decode(data.getFeatures(), data.getLabels());
        int labelled = batch.labelledTokens();
        if (labelled == 0) {
            return result(new Failure(step, "no token of the batch is labelled"));
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
        steps.add(new StepReport(step, loss, batch.tokens().length, labelled, rate));
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
