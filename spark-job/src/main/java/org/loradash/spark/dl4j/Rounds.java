package org.loradash.spark.dl4j;

import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.loradash.config.TrainingSettings;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.rounds.BatchMeasurement;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.RoundListener;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.StageKey;
import org.loradash.spark.rounds.TrainingFailure;
import org.loradash.train.Averaging;
import org.loradash.train.LearningRate;
import org.loradash.train.TrainingState;

/** The rounds of a run, stage by stage. */
public final class Rounds<B> implements AutoCloseable {
    private final String run = UUID.randomUUID().toString();
    private final JavaSparkContext context;
    private final TrainingSettings training;
    private final int totalSteps;
    private final String location;
    private final BatchSource<B> batches;

    /**
     * @param totalSteps of the whole run, for the learning rate's schedule
     * @param location where the data lies, for the batch source
     */
    public Rounds(
            JavaSparkContext context,
            TrainingSettings training,
            int totalSteps,
            String location,
            BatchSource<B> batches) {
        this.context = context;
        this.training = training;
        this.totalSteps = totalSteps;
        this.location = location;
        this.batches = batches;
    }

    /**
     * Trains from a state until the stage's end, and returns the state there.
     *
     * @param state with the stage's number of parameters
     * @param listener called on the driver after each round
     * @throws TrainingFailure if a loss is no longer a number, naming round, worker and step
     */
    public TrainingState train(Stage<B> stage, TrainingState state, RoundListener listener) {
        NativeLibrary.select();
        RoundTrainingMaster<B> master =
                new RoundTrainingMaster<>(stage, training, batches, Averaging.WEIGHTED_MEAN, state, listener);
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(stage, state));
        network.init();
        new SparkDl4jMultiLayer(context, network, master)
                .fitPaths(context.parallelize(Collections.nCopies(training.workers(), location), training.workers()));
        return master.state();
    }

    /**
     * What batches of records come to at a state of a stage, in their order, measured by no more tasks than there are
     * workers.
     *
     * @param where the data lies
     * @param records numbers of each batch's
     */
    public List<BatchMeasurement> measurements(
            Stage<B> stage, TrainingState state, String where, List<long[]> records) {
        Broadcast<float[]> parameters = context.broadcast(state.parameters());
        MeasuringTask<B> task = new MeasuringTask<>(
                new StageKey(run, stage.name()),
                stage.objective(),
                configuration(stage, state).toJson(),
                parameters,
                batches,
                where);
        int tasks = Math.min(training.workers(), records.size());
        try {
            return context.parallelize(records, tasks).mapPartitions(task).collect();
        } finally {
            parameters.destroy();
        }
    }

    /**
     * What the model makes at a state of a stage, to be looked at, by one task.
     *
     * @return PNG files
     */
    public List<byte[]> samples(Stage<B> stage, TrainingState state, Broadcast<SerializableConfiguration> hadoop) {
        Broadcast<float[]> parameters = context.broadcast(state.parameters());
        SamplingTask<B> task = new SamplingTask<>(
                new StageKey(run, stage.name()),
                stage.objective(),
                configuration(stage, state).toJson(),
                parameters,
                hadoop);
        try {
            return context.parallelize(List.of(0), 1).flatMap(task).collect();
        } finally {
            parameters.destroy();
        }
    }

    /** DL4J's configuration of a stage, with the run's optimiser. */
    MultiLayerConfiguration configuration(Stage<B> stage, TrainingState state) {
        LearningRate rate =
                new LearningRate(training.learningRate(), training.schedule(), training.warmupSteps(), totalSteps);
        return new AdaptedModel(new StageKey(run, stage.name()), state.groups())
                .network(
                        new AdamWUpdater(rate, training.beta1(), training.beta2(), training.epsilon(), 0),
                        training.weightDecay(),
                        training.gradientClipping());
    }

    /** Lets this process forget the run's objectives; other processes keep them until the application's end. */
    @Override
    public void close() {
        ProcessStage.leave(run);
    }
}
