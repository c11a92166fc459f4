package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.loradash.config.TrainingSettings;
import org.loradash.config.TrainingSettings.Averaging;
import org.loradash.spark.application.LocalSpark;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.Stage;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TrainingState;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Where every worker's batches have equally many labelled tokens and the data is one round's, DL4J's own parameter
 * averaging and ours are the same computation.
 */
class ParameterAveragingComparisonTest {
    private static final int PARAMETERS = 11;
    private static final int WORKERS = 2;
    private static final int STEPS = 4;

    @Test
    void agreesWithDl4jsOwnTrainingMaster() {
        TrainingSettings training = LeastSquares.training(WORKERS, STEPS, 1, Averaging.PARAMETERS);
        List<Chunk> chunks = List.of(new Chunk(0, PARAMETERS));
        ObjectiveFactory<TokenBatch> objective = () -> new LeastSquares(PARAMETERS, 0);
        Stage<TokenBatch> stage = LeastSquares.stage("pre-launch", STEPS, chunks, objective);
        TrainingState start = LeastSquares.startOf(LeastSquares.start(PARAMETERS));
        // DL4J's classes are not in our registration, so this context does not require it.
        try (JavaSparkContext spark = new JavaSparkContext(
                        LocalSpark.strict("local[2]").set("spark.kryo.registrationRequired", "false"));
                Rounds<TokenBatch> rounds =
                        new Rounds<>(spark, training, STEPS, "tokens", ParameterAveragingComparisonTest::batch)) {
            MultiLayerConfiguration configuration = rounds.configuration(stage, start);

            MultiLayerNetwork ours = network(configuration, start);
            RoundTrainingMaster<TokenBatch> master = new RoundTrainingMaster<>(
                    stage,
                    training,
                    ParameterAveragingComparisonTest::batch,
                    org.loradash.train.Averaging.WEIGHTED_MEAN,
                    start,
                    outcome -> {});
            new SparkDl4jMultiLayer(spark, ours, master)
                    .fitPaths(spark.parallelize(Collections.nCopies(WORKERS, "tokens"), WORKERS));

            AdaptedModel model = (AdaptedModel) configuration.getConf(0).getLayer();
            ProcessStage<TokenBatch> entered = ProcessStage.enter(model.key(), objective, configuration.toJson());
            JavaRDD<DataSet> data = spark.parallelize(
                    IntStream.range(0, WORKERS * STEPS)
                            .mapToObj(record -> entered.handles().hand(batch(record)))
                            .toList(),
                    WORKERS);
            MultiLayerNetwork theirs = network(configuration, start);
            new SparkDl4jMultiLayer(
                            spark,
                            theirs,
                            new ParameterAveragingTrainingMaster.Builder(WORKERS, 1)
                                    .saveUpdater(true)
                                    .averagingFrequency(STEPS)
                                    .batchSizePerWorker(1)
                                    .workerPrefetchNumBatches(0)
                                    .rddTrainingApproach(RDDTrainingApproach.Direct)
                                    .repartionData(Repartition.Never)
                                    .build())
                    .fit(data);

            assertThat(theirs.params().toFloatVector()).isNotEqualTo(start.parameters());
            assertThat(ours.params().toFloatVector())
                    .containsExactly(theirs.params().toFloatVector(), within(1e-6f));
            assertThat(ours.getUpdater().getStateViewArray().toFloatVector())
                    .containsExactly(theirs.getUpdater().getStateViewArray().toFloatVector(), within(1e-6f));
            assertThat(master.state().step()).isEqualTo(STEPS);
        }
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration, TrainingState start) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
        network.init();
        Replica.of(network).load(start);
        return network;
    }

    /** A worker's step reads one record. */
    private static TokenBatch batch(String location, long[] records) {
        return batch((int) records[0]);
    }

    /** A batch of five labelled tokens. */
    private static TokenBatch batch(int record) {
        int[] tokens = new int[6];
        int[] targets = new int[6];
        for (int i = 0; i < 6; i++) {
            tokens[i] = record * 13 + i * 5 + 1;
            targets[i] = i == 5 ? -1 : (record * 7 + i * 3) % 20;
        }
        return new TokenBatch(tokens, targets, new int[] {0, 6});
    }
}
