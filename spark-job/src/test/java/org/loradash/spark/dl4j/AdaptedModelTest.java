package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.config.TrainingSettings.Schedule;
import org.loradash.kernel.Tensor;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.StageKey;
import org.loradash.task.Measurement;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.Group;
import org.loradash.train.LearningRate;
import org.loradash.train.Objective;
import org.loradash.train.TrainingState;
import org.nd4j.linalg.dataset.DataSet;

class AdaptedModelTest {
    private static final TokenBatch BATCH = new TokenBatch(new int[] {5, 6}, new int[] {6, -1}, new int[] {0, 2});

    private final String run = UUID.randomUUID().toString();

    @AfterEach
    void forget() {
        ProcessStage.leave(run);
    }

    /** torch.optim.AdamW in double precision (lr 0.1, eps 1e-3, weight decay 0.2), clip_grad_norm_ to 2.5. */
    @ParameterizedTest
    @CsvSource({"4, 0", "2, 2", "1, 3"})
    void takesPytorchsStepsWhateverTheSplit(int factors, int coordinates) {
        Replica replica = replica(factors, coordinates, 0);
        replica.load(start(replica));
        fit(replica);
        assertThat(parameters(replica)).containsExactly(0.5f, -1, 2, 0);
        fit(replica);
        assertThat(parameters(replica))
                .containsExactly(
                        new float[] {
                            0.529543497161444f, -0.9600385255462973f, 2.0199230378576627f, 0.033318875810021985f
                        },
                        within(1e-6f));
        for (int step = 2; step < 20; step++) {
            fit(replica);
        }
        assertThat(parameters(replica))
                .containsExactly(
                        new float[] {1.0634990668531747f, 0.25691193835071313f, 2.594610053548891f, 1.0609716510383458f
                        },
                        within(2e-6f));
    }

    @Test
    void takesTheSameStepAlongAGivenGradient() {
        Replica fitted = replica(3, 1, 0);
        Replica stepped = replica(3, 1, 0);
        TrainingState start = start(fitted);
        fitted.load(start);
        stepped.load(start);
        for (int step = 0; step < 5; step++) {
            float[] gradient = Quadratic.gradient(parameters(stepped));
            fit(fitted);
            stepped.step(gradient);
        }
        assertThat(parameters(stepped)).isEqualTo(parameters(fitted));
    }

    /** Without clipping nothing else joins the parameters of this loss. */
    @Test
    void trainsCoordinatesAtTheirOwnRate() {
        float[] slow = trained(4, 0, 0.1);
        float[] fast = trained(1, 3, 0.3);
        assertThat(trained(2, 2, 0.3)).containsExactly(slow[0], slow[1], fast[2], fast[3]);
        assertThat(fast[2]).isNotEqualTo(slow[2]);
    }

    @Test
    void survivesJson() {
        MultiLayerConfiguration configuration =
                new AdaptedModel(new StageKey(run, "sprint"), groups(3, 2, 40, 0.3)).network(updater(0), 0.2, 2.5);
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        AdaptedModel model = (AdaptedModel) read.getConf(0).getLayer();
        assertThat(read.toJson()).isEqualTo(configuration.toJson());
        assertThat(model.key()).isEqualTo(new StageKey(run, "sprint"));
        assertThat(model.groups()).isEqualTo(groups(3, 2, 40, 0.3));
        assertThat(model.getUpdaterByParam("factors")).isEqualTo(updater(0));
        assertThat(model.getUpdaterByParam("coordinates")).isEqualTo(updater(40).with(40, 0.3));
    }

    @Test
    void goesOnTheSameAfterDl4jsModelSerializer() throws IOException {
        Replica replica = replica(3, 1, 0);
        replica.load(start(replica));
        for (int step = 0; step < 5; step++) {
            fit(replica);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(replica.network(), bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
        assertThat(restored.params()).isEqualTo(replica.network().params());
        assertThat(restored.getUpdater().getStateViewArray())
                .isEqualTo(replica.network().getUpdater().getStateViewArray());
        assertThat(restored.getIterationCount()).isEqualTo(5);
        restored.fit(handed());
        fit(replica);
        assertThat(restored.params().toFloatVector())
                .containsExactly(replica.network().params().toFloatVector(), within(1e-6f));
    }

    @Test
    void carriesABatchThroughDl4jAsItself() {
        replica(3, 1, 0);
        BatchHandles<Object> handles = handles();
        Object batch = new Object();
        DataSet handed = handles.hand(batch);
        assertThat(handles.held(handed.getFeatures())).isSameAs(batch);
        handles.takeBack(handed);
        assertThatThrownBy(() -> handles.held(handed.getFeatures()))
                .hasMessageMatching("no batch of handle \\d+ in this process");
    }

    @Test
    void decaysNothingOfAGroupThatDoesNotDecay() {
        AdaptedModel model = new AdaptedModel(
                new StageKey(run, "vectors"),
                List.of(new Group("factors", 2, 0, 0.1, true), new Group("vectors", 2, 0, 0.1, false)));
        model.network(updater(0), 0.2, 0);
        assertThat(model.getRegularizationByParam("factors")).hasSize(1);
        assertThat(model.getRegularizationByParam("vectors")).isEmpty();
    }

    @Test
    void takesTheNormOfALongGradientInDoublePrecision() {
        int size = 1 << 25;
        Tensor gradient = Tensor.zeros(1, size);
        gradient.fill(1);
        ClippingUpdater.clip(gradient, 1);
        assertThat((double) gradient.array().getFloat(0)).isEqualTo(1 / Math.sqrt(size), within(1e-10));
    }

    private float[] trained(int factors, int coordinates, double coordinateRate) {
        StageKey key = new StageKey(run, "rate " + factors);
        MultiLayerConfiguration configuration =
                new AdaptedModel(key, groups(factors, coordinates, 0, coordinateRate)).network(updater(0), 0.2, 0);
        ProcessStage.enter(key, Quadratic::new, configuration.toJson());
        Replica replica = Replica.of(configuration);
        replica.load(start(replica));
        for (int step = 0; step < 5; step++) {
            fit(replica);
        }
        return parameters(replica);
    }

    private Replica replica(int factors, int coordinates, int coordinatesFrom) {
        MultiLayerConfiguration configuration = configuration(factors, coordinates, coordinatesFrom);
        ProcessStage.enter(new StageKey(run, "sprint"), Quadratic::new, configuration.toJson());
        return Replica.of(configuration);
    }

    private MultiLayerConfiguration configuration(int factors, int coordinates, int coordinatesFrom) {
        return new AdaptedModel(new StageKey(run, "sprint"), groups(factors, coordinates, coordinatesFrom, 0.1))
                .network(updater(0), 0.2, 2.5);
    }

    private static List<Group> groups(int factors, int coordinates, int coordinatesFrom, double coordinateRate) {
        Group first = new Group("factors", factors, 0, 0.1, true);
        return coordinates == 0
                ? List.of(first)
                : List.of(first, new Group("coordinates", coordinates, coordinatesFrom, coordinateRate, true));
    }

    private static TrainingState start(Replica replica) {
        AdaptedModel model = replica.layer().layerConf();
        return TrainingState.startingAt(new float[] {0.5f, -1, 2, 0}, model.groups());
    }

    /** As a worker does. */
    private static void fit(Replica replica) {
        @SuppressWarnings("unchecked")
        BatchHandles<TokenBatch> handles = (BatchHandles<TokenBatch>)
                ProcessStage.of(replica.layer().layerConf().key()).handles();
        replica.network().fit(handles.hand(BATCH));
    }

    private DataSet handed() {
        return handles().hand(BATCH);
    }

    @SuppressWarnings("unchecked")
    private BatchHandles<Object> handles() {
        return (BatchHandles<Object>)
                (BatchHandles<?>) ProcessStage.of(new StageKey(run, "sprint")).handles();
    }

    private static AdamWUpdater updater(int firstStep) {
        return new AdamWUpdater(new LearningRate(0.1, Schedule.LINEAR, 3, 25), 0.9, 0.999, 1e-3, firstStep);
    }

    private static float[] parameters(Replica replica) {
        return replica.part(new Chunk(0, 4)).parameters();
    }

    /** The sum over k of k/2 (theta_k - k)^2, k from 1. */
    private record Quadratic() implements Objective<TokenBatch> {
        @Override
        public int parameters() {
            return 4;
        }

        @Override
        public long size(TokenBatch batch) {
            return batch.tokenCount();
        }

        @Override
        public long weight(TokenBatch batch) {
            return batch.labelledTokens();
        }

        @Override
        public Measurement measure(TokenBatch batch, Tensor parameters) {
            throw new UnsupportedOperationException("no test measures it");
        }

        @Override
        public double lossAndGradient(TokenBatch batch, Tensor parameters, Tensor gradient, long seed) {
            assertThat(batch).usingRecursiveComparison().isEqualTo(BATCH);
            float[] slopes = gradient(parameters.toArray());
            gradient.write(slopes, 0);
            double loss = 0;
            for (int k = 1; k <= slopes.length; k++) {
                loss += slopes[k - 1] * slopes[k - 1] / 2 / k;
            }
            return loss;
        }

        static float[] gradient(float[] theta) {
            float[] slopes = new float[theta.length];
            for (int k = 1; k <= slopes.length; k++) {
                slopes[k - 1] = k * (theta[k - 1] - k);
            }
            return slopes;
        }
    }
}
