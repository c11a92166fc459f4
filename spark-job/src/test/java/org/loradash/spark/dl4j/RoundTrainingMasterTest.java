package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.loradash.config.TrainingSettings;
import org.loradash.config.TrainingSettings.Averaging;
import org.loradash.spark.application.LocalSpark;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.Stage;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TrainingState;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What DL4J Spark expects of a training master. */
class RoundTrainingMasterTest {
    private static final int PARAMETERS = 5;
    private static final TrainingSettings TRAINING = LeastSquares.training(2, 2, 1, Averaging.PARAMETERS);
    private static final AtomicInteger UPDATES = new AtomicInteger();

    private static JavaSparkContext spark;

    private final TrainingState start = LeastSquares.startOf(LeastSquares.start(PARAMETERS));
    private final Stage<TokenBatch> stage = LeastSquares.stage(
            "pre-launch", 4, List.of(new Chunk(0, PARAMETERS)), () -> new LeastSquares(PARAMETERS, 0));
    private final RoundTrainingMaster<TokenBatch> master = new RoundTrainingMaster<>(
            stage, TRAINING, LeastSquares::batch, org.loradash.train.Averaging.WEIGHTED_MEAN, start, outcome -> {});

    @BeforeAll
    static void startSpark() {
        spark = LocalSpark.start("local[2]");
    }

    @AfterAll
    static void stopSpark() {
        spark.stop();
    }

    @Test
    void leavesTheNetworkWithTheAveragedParameters() {
        MultiLayerNetwork network = network();
        new SparkDl4jMultiLayer(spark, network, master).fitPaths(locations(2));
        assertThat(network.params().toFloatVector()).isEqualTo(master.state().parameters());
        assertThat(network.getIterationCount()).isEqualTo(4);
        assertThat(network.getEpochCount()).isEqualTo(1);
    }

    @Test
    void tellsListenersAfterEachRound() {
        List<Integer> steps = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        SparkDl4jMultiLayer dl4j = new SparkDl4jMultiLayer(spark, network(), master);
        dl4j.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                steps.add(iteration);
                scores.add(model.score());
            }
        });
        dl4j.fitPaths(locations(2));
        assertThat(steps).containsExactly(2, 4);
        assertThat(scores).allMatch(score -> score > 0);
    }

    @Test
    void runsHooksAroundEachStepOfTheWorkers() {
        UPDATES.set(0);
        master.addHook(new Counter());
        new SparkDl4jMultiLayer(spark, network(), master).fitPaths(locations(2));
        assertThat(UPDATES).hasValue(2 * 4);
    }

    @Test
    void refusesDataWithoutAPartitionForEachWorker() {
        SparkDl4jMultiLayer dl4j = new SparkDl4jMultiLayer(spark, network(), master);
        assertThatThrownBy(() -> dl4j.fitPaths(locations(3)))
                .hasMessage("data: 3 partitions (must be 2, one a worker)");
    }

    @Test
    void refusesBatchesThatAreNotReadWhereTheyLie() {
        SparkDl4jMultiLayer dl4j = new SparkDl4jMultiLayer(spark, network(), master);
        JavaRDD<org.nd4j.linalg.dataset.DataSet> none = spark.emptyRDD();
        assertThatThrownBy(() -> dl4j.fit(none))
                .hasMessage("batches are read where the data lies: train by fitPaths, on its locations");
    }

    @Test
    void refusesGraphs() {
        JavaRDD<DataSet> none = spark.emptyRDD();
        assertThatThrownBy(() -> master.executeTraining((SparkComputationGraph) null, none))
                .hasMessage("an adapted model is a MultiLayerNetwork of one layer, not a ComputationGraph");
    }

    @Test
    void writesItsSettings() {
        assertThat(master.toJson()).contains("\"stage\" : \"pre-launch\"", "\"workers\" : 2", "\"untilStep\" : 4");
        assertThat(master.toYaml()).contains("localSteps: 2");
    }

    private MultiLayerNetwork network() {
        try (Rounds<TokenBatch> rounds = new Rounds<>(spark, TRAINING, 4, "tokens", LeastSquares::batch)) {
            MultiLayerNetwork network = new MultiLayerNetwork(rounds.configuration(stage, start));
            network.init();
            return network;
        }
    }

    private static JavaRDD<String> locations(int partitions) {
        return spark.parallelize(Collections.nCopies(partitions, "tokens"), partitions);
    }

    private static final class Counter implements TrainingHook {
        private static final long serialVersionUID = 1L;

        @Override
        public void preUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {
            assertThat(model.params().length()).isEqualTo(PARAMETERS);
        }

        @Override
        public void postUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {
            UPDATES.incrementAndGet();
        }

        @Override
        public void preUpdate(MultiDataSet batch, Model model) {}

        @Override
        public void postUpdate(MultiDataSet batch, Model model) {}
    }
}
