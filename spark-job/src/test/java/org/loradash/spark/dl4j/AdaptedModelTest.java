package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.config.TrainingSettings.Schedule;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.StageKey;
import org.loradash.train.LearningRate;
import org.loradash.train.Objective;
import org.loradash.train.TrainingState;

class AdaptedModelTest {
    private static final Batch BATCH = new Batch(new int[] {5, 6}, new int[] {6, -1}, new int[] {0, 2});

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
        replica.load(TrainingState.startingAt(new float[] {0.5f, -1, 2, 0}));
        replica.network().fit(BatchEncoding.encode(BATCH));
        assertThat(parameters(replica)).containsExactly(0.5f, -1, 2, 0);
        replica.network().fit(BatchEncoding.encode(BATCH));
        assertThat(parameters(replica))
                .containsExactly(
                        new float[] {
                            0.529543497161444f, -0.9600385255462973f, 2.0199230378576627f, 0.033318875810021985f
                        },
                        within(1e-6f));
        for (int step = 2; step < 20; step++) {
            replica.network().fit(BatchEncoding.encode(BATCH));
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
        TrainingState start = TrainingState.startingAt(new float[] {0.5f, -1, 2, 0});
        fitted.load(start);
        stepped.load(start);
        for (int step = 0; step < 5; step++) {
            float[] gradient = Quadratic.gradient(parameters(stepped));
            fitted.network().fit(BatchEncoding.encode(BATCH));
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
                new AdaptedModel(new StageKey(run, "sprint"), 3, 2, 40, 0.3).network(updater(0), 0.2, 2.5);
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        AdaptedModel model = (AdaptedModel) read.getConf(0).getLayer();
        assertThat(read.toJson()).isEqualTo(configuration.toJson());
        assertThat(model.key()).isEqualTo(new StageKey(run, "sprint"));
        assertThat(model.factors()).isEqualTo(3);
        assertThat(model.coordinates()).isEqualTo(2);
        assertThat(model.getUpdaterByParam("factors")).isEqualTo(updater(0));
        assertThat(model.getUpdaterByParam("coordinates")).isEqualTo(updater(40).with(40, 0.3));
    }

    @Test
    void goesOnTheSameAfterDl4jsModelSerializer() throws IOException {
        Replica replica = replica(3, 1, 0);
        replica.load(TrainingState.startingAt(new float[] {0.5f, -1, 2, 0}));
        for (int step = 0; step < 5; step++) {
            replica.network().fit(BatchEncoding.encode(BATCH));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(replica.network(), bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
        assertThat(restored.params()).isEqualTo(replica.network().params());
        assertThat(restored.getUpdater().getStateViewArray())
                .isEqualTo(replica.network().getUpdater().getStateViewArray());
        assertThat(restored.getIterationCount()).isEqualTo(5);
        restored.fit(BatchEncoding.encode(BATCH));
        replica.network().fit(BatchEncoding.encode(BATCH));
        assertThat(restored.params().toFloatVector())
                .containsExactly(replica.network().params().toFloatVector(), within(1e-6f));
    }

    @Test
    void carriesABatchThroughDl4j() {
        Batch batch = LeastSquares.batch(17, 5);
        Batch large = new Batch(new int[] {(1 << 24) - 1}, new int[] {-1}, new int[] {0, 1});
        for (Batch sent : new Batch[] {batch, large}) {
            assertThat(BatchEncoding.decode(
                            BatchEncoding.encode(sent).getFeatures(),
                            BatchEncoding.encode(sent).getLabels()))
                    .usingRecursiveComparison()
                    .isEqualTo(sent);
        }
    }

    @Test
    void refusesATokenThatFloat32CannotHold() {
        Batch batch = new Batch(new int[] {1 << 24}, new int[] {-1}, new int[] {0, 1});
        assertThatThrownBy(() -> BatchEncoding.encode(batch)).hasMessage("token: 16777216 (must be below 16777216)");
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
                new AdaptedModel(key, factors, coordinates, 0, coordinateRate).network(updater(0), 0.2, 0);
        ProcessStage.enter(key, Quadratic::new, configuration.toJson());
        Replica replica = Replica.of(configuration);
        replica.load(TrainingState.startingAt(new float[] {0.5f, -1, 2, 0}));
        for (int step = 0; step < 5; step++) {
            replica.network().fit(BatchEncoding.encode(BATCH));
        }
        return parameters(replica);
    }

    private Replica replica(int factors, int coordinates, int coordinatesFrom) {
        MultiLayerConfiguration configuration = configuration(factors, coordinates, coordinatesFrom);
        ProcessStage.enter(new StageKey(run, "sprint"), Quadratic::new, configuration.toJson());
        return Replica.of(configuration);
    }

    private MultiLayerConfiguration configuration(int factors, int coordinates, int coordinatesFrom) {
        return new AdaptedModel(new StageKey(run, "sprint"), factors, coordinates, coordinatesFrom, 0.1)
                .network(updater(0), 0.2, 2.5);
    }

    private static AdamWUpdater updater(int firstStep) {
        return new AdamWUpdater(new LearningRate(0.1, Schedule.LINEAR, 3, 25), 0.9, 0.999, 1e-3, firstStep);
    }

    private static float[] parameters(Replica replica) {
        return replica.part(new Chunk(0, 4)).parameters();
    }

    /** The sum over k of k/2 (theta_k - k)^2, k from 1. */
    private record Quadratic() implements Objective<Batch> {
        @Override
        public int parameters() {
            return 4;
        }

        @Override
        public double loss(Batch batch, Tensor parameters) {
            throw new UnsupportedOperationException("no test measures it");
        }

        @Override
        public double lossAndGradient(Batch batch, Tensor parameters, Tensor gradient, long seed) {
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
