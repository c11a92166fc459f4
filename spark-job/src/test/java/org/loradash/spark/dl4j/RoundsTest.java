package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.loradash.config.TrainingSettings;
import org.loradash.config.TrainingSettings.Averaging;
import org.loradash.kernel.Tensor;
import org.loradash.spark.application.LocalSpark;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.Gathered;
import org.loradash.spark.rounds.RoundListener;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.TrainingFailure;
import org.loradash.task.Measurement;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.Contribution;
import org.loradash.train.Objective;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import scala.collection.JavaConverters;

class RoundsTest {
    private static final int FACTORS = 7;
    private static final int STEPS = 12;
    private static final TrainingSettings TRAINING = LeastSquares.training(3, 4, 2, Averaging.PARAMETERS);
    private static final AtomicInteger BATCHES = new AtomicInteger();
    private static final AtomicInteger OBJECTIVES = new AtomicInteger();

    private static JavaSparkContext spark;

    @BeforeAll
    static void startSpark() {
        spark = LocalSpark.start("local[2,4]");
    }

    @AfterAll
    static void stopSpark() {
        spark.stop();
    }

    @Test
    void trainsAsTheMethodSaysThroughBothStages() {
        TrainingState end = trainBothStages(List.of(new Chunk(0, 3), new Chunk(3, FACTORS), new Chunk(FACTORS, 10)));

        Reference reference = new Reference(TRAINING, STEPS, LeastSquares.start(FACTORS));
        reference.train(6, FACTORS, 0);
        reference.addCoordinates(3);
        reference.train(STEPS, FACTORS, 6);
        assertClose(end.parameters(), reference.theta());
        assertClose(end.firstMoments(), reference.firstMoments());
        assertThat(end.step()).isEqualTo(STEPS);
        assertThat(end.round()).as("rounds of 4, 2, 4 and 2 steps").isEqualTo(4);
        assertThat(end.cursor()).isEqualTo(STEPS * 3 * 2);
        assertThat(end.groups().get(1)).isEqualTo(LeastSquares.coordinates(3, 6));
    }

    @Test
    void hasTheSameBitsHoweverTheVectorIsCut() {
        TrainingState one = trainBothStages(List.of(new Chunk(0, 10)));
        TrainingState many =
                trainBothStages(List.of(new Chunk(0, 1), new Chunk(1, 5), new Chunk(5, 9), new Chunk(9, 10)));
        assertThat(many.parameters()).isEqualTo(one.parameters());
        assertThat(many.firstMoments()).isEqualTo(one.firstMoments());
        assertThat(many.secondMoments()).isEqualTo(one.secondMoments());
    }

    @Test
    void goesOnFromAStateBetweenRoundsWithTheSameBits() {
        List<TrainingState> states = new ArrayList<>();
        TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS));
        TrainingState end = train(TRAINING, preLaunch(STEPS), start, outcome -> states.add(outcome.state()));
        TrainingState resumed = train(TRAINING, preLaunch(STEPS), states.get(0), outcome -> {});
        assertThat(resumed.parameters()).isEqualTo(end.parameters());
        assertThat(resumed.secondMoments()).isEqualTo(end.secondMoments());
        assertThat(resumed.cursor()).isEqualTo(end.cursor());
    }

    @Test
    void trainsCoordinatesFromTheFirstStepOn() {
        TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS)).with(LeastSquares.coordinates(3, 0));
        TrainingState end = train(TRAINING, sprint(List.of(new Chunk(0, 10))), start, ignored -> {});
        Reference reference = new Reference(TRAINING, STEPS, LeastSquares.start(FACTORS));
        reference.addCoordinates(3);
        reference.train(STEPS, FACTORS, 0);
        assertClose(end.parameters(), reference.theta());
        assertClose(end.firstMoments(), reference.firstMoments());
    }

    @Test
    void averagesGradientsAsOneWorkerOnTheJoinedBatchWouldComputeThem() {
        TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS));
        TrainingSettings three = LeastSquares.training(3, 4, 2, Averaging.GRADIENTS);
        TrainingSettings joined = LeastSquares.training(1, 4, 6, Averaging.GRADIENTS);
        TrainingSettings local = LeastSquares.training(1, 4, 6, Averaging.PARAMETERS);
        TrainingState averaged = train(three, preLaunch(STEPS), start, ignored -> {});
        TrainingState single = train(joined, preLaunch(STEPS), start, ignored -> {});
        TrainingState onWorker = train(local, preLaunch(STEPS), start, ignored -> {});
        assertThat(averaged.parameters()).containsExactly(single.parameters(), within(1e-6f));
        assertThat(averaged.secondMoments()).containsExactly(single.secondMoments(), within(1e-6f));
        assertThat(averaged.weight()).isEqualTo(single.weight());
        assertThat(onWorker.parameters()).isEqualTo(single.parameters());
        assertThat(averaged.round()).isEqualTo(STEPS);
        assertThat(onWorker.round()).isEqualTo(3);
    }

    @Test
    void reportsEachStepOfEachWorker() {
        List<RoundOutcome> outcomes = new ArrayList<>();
        train(TRAINING, preLaunch(6), LeastSquares.startOf(LeastSquares.start(FACTORS)), outcomes::add);
        assertThat(outcomes).hasSize(2);
        RoundOutcome second = outcomes.get(1);
        assertThat(second.last()).isTrue();
        assertThat(outcomes.get(0).last()).isFalse();
        assertThat(second.plan().localSteps()).isEqualTo(2);
        assertThat(second.workers()).extracting(WorkerReport::worker).containsExactly(0, 1, 2);
        StepReport step = second.workers().get(2).steps().get(1);
        int[] lengths = {
            LeastSquares.record(24 + 10)[0].length, LeastSquares.record(24 + 11)[0].length,
        };
        assertThat(step.step()).isEqualTo(5);
        assertThat(step.size()).isEqualTo(lengths[0] + lengths[1]);
        assertThat(step.weight()).isEqualTo(lengths[0] + lengths[1] - 2);
        assertThat(step.learningRate()).isEqualTo(0.05 * 7 / 10, within(1e-12));
        assertThat(step.loss()).isPositive();
        assertThat(second.loss()).isPositive().isLessThan(outcomes.get(0).loss());
        assertThat(second.averagingSeconds()).isPositive().isLessThan(second.seconds());
        assertThat(second.state().weight())
                .isEqualTo(second.weight() + outcomes.get(0).weight());
    }

    @Test
    void gathersTheWorkersOwnParametersWithoutComputingThemAgain() {
        BATCHES.set(0);
        List<Gathered> gathered = new ArrayList<>();
        BatchSource<TokenBatch> counted = (location, records) -> {
            BATCHES.incrementAndGet();
            return LeastSquares.batch(location, records);
        };
        TrainingState end;
        try (Rounds<TokenBatch> rounds = new Rounds<>(spark, TRAINING, STEPS, "tokens", counted)) {
            end = rounds.train(preLaunch(6), LeastSquares.startOf(LeastSquares.start(FACTORS)), outcome -> {
                if (outcome.last()) {
                    outcome.gathered().forEach(gathered::add);
                }
            });
        }
        assertThat(BATCHES).hasValue(3 * 6);
        assertThat(gathered).extracting(Gathered::chunk).containsExactly(0, 1);
        for (Gathered chunk : gathered) {
            List<Contribution> contributions = chunk.contributions();
            assertThat(contributions).extracting(Contribution::worker).containsExactly(0, 1, 2);
            int from = preLaunch(6).chunks().get(chunk.chunk()).from();
            float[] mean = org.loradash.train.Averaging.WEIGHTED_MEAN
                    .next(end, from, contributions)
                    .parameters();
            assertThat(mean).isEqualTo(Arrays.copyOfRange(end.parameters(), from, from + mean.length));
            assertThat(contributions.get(0).values().parameters())
                    .isNotEqualTo(contributions.get(1).values().parameters());
        }
    }

    @Test
    void gathersTheSharedParametersWhereGradientsAreAveraged() {
        List<Gathered> gathered = new ArrayList<>();
        TrainingState end = train(
                LeastSquares.training(2, 1, 2, Averaging.GRADIENTS),
                preLaunch(3),
                LeastSquares.startOf(LeastSquares.start(FACTORS)),
                outcome -> {
                    if (outcome.last()) {
                        outcome.gathered().forEach(gathered::add);
                    }
                });
        assertThat(gathered).hasSize(2);
        assertThat(gathered.get(1).contributions()).hasSize(1);
        assertThat(gathered.get(1).contributions().get(0).values().parameters())
                .isEqualTo(Arrays.copyOfRange(end.parameters(), 3, FACTORS));
    }

    @Test
    void endsWithTheRoundWorkerAndStepWhereALossIsNoNumber() {
        Stage<TokenBatch> diverging = LeastSquares.stage(
                "pre-launch", STEPS, cuts(), () -> new DivergingAt(LeastSquares.batch(24 + 5 * 2, 2)));
        TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS));
        assertThatThrownBy(() -> train(TRAINING, diverging, start, ignored -> {}))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("pre-launch: round 1, worker 1, step 5: the loss is NaN;"
                        + " its records of data.train, from 0: 34, 35");
    }

    @Test
    void endsWhereABatchHasNoLabels() {
        BatchSource<TokenBatch> unlabelled = (location, records) -> records[0] == 16
                ? new TokenBatch(new int[] {1, 2}, new int[] {-1, -1}, new int[] {0, 2})
                : LeastSquares.batch(0, 1);
        try (Rounds<TokenBatch> rounds = new Rounds<>(spark, TRAINING, STEPS, "tokens", unlabelled)) {
            TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS));
            assertThatThrownBy(() -> rounds.train(preLaunch(STEPS), start, ignored -> {}))
                    .hasMessage("pre-launch: round 0, worker 2, step 0: no token of the batch is labelled;"
                            + " its records of data.train, from 0: 16, 17");
        }
    }

    @Test
    void makesNoMoreObjectivesThanTasksRunAtOnce() {
        OBJECTIVES.set(0);
        Stage<TokenBatch> counted = LeastSquares.stage("pre-launch", STEPS, cuts(), () -> {
            OBJECTIVES.incrementAndGet();
            return new LeastSquares(FACTORS, 0);
        });
        train(TRAINING, counted, LeastSquares.startOf(LeastSquares.start(FACTORS)), ignored -> {});
        assertThat(OBJECTIVES.get()).isBetween(1, 2);
    }

    @Test
    void endsRoundsAtMultiplesOfTheStops() {
        Stage<TokenBatch> stage = preLaunch(STEPS);
        Stage<TokenBatch> stopping = new Stage<>(
                stage.name(), stage.untilStep(), List.of(3, 5), stage.chunks(), stage.units(), stage.objective());
        List<Integer> ends = new ArrayList<>();
        train(
                TRAINING,
                stopping,
                LeastSquares.startOf(LeastSquares.start(FACTORS)),
                outcome -> ends.add(outcome.state().step()));
        assertThat(ends).as("rounds of at most 4 steps").containsExactly(3, 5, 6, 9, 10, STEPS);
    }

    @Test
    void endsAStageWhereTheListenerSaysSo() {
        List<Boolean> last = new ArrayList<>();
        TrainingState end = train(
                TRAINING, preLaunch(STEPS), LeastSquares.startOf(LeastSquares.start(FACTORS)), new RoundListener() {
                    @Override
                    public void onRound(RoundOutcome outcome) {
                        last.add(outcome.last());
                    }

                    @Override
                    public boolean endsStage() {
                        return last.size() == 2;
                    }
                });
        assertThat(end.step()).isEqualTo(8);
        assertThat(last).containsExactly(false, false);
    }

    @Test
    void namesStageAndRoundOfEachJob() {
        Queue<String> descriptions = new ConcurrentLinkedQueue<>();
        SparkListener listener = new SparkListener() {
            @Override
            public void onJobStart(SparkListenerJobStart start) {
                descriptions.add(String.valueOf(start.properties().get("spark.job.description")));
            }
        };
        spark.sc().addSparkListener(listener);
        train(TRAINING, preLaunch(6), LeastSquares.startOf(LeastSquares.start(FACTORS)), outcome -> outcome.gathered()
                .iterator()
                .next());
        Awaitility.await().untilAsserted(() -> assertThat(descriptions)
                .startsWith("pre-launch: round 0, steps 0-3 of 6", "pre-launch: gathering after round 0")
                .contains("pre-launch: round 1, steps 4-5 of 6"));
        spark.sc().removeSparkListener(listener);
    }

    @Test
    void leavesNoPiecesOfPastRoundsOnTheDisks() {
        train(TRAINING, preLaunch(STEPS), LeastSquares.startOf(LeastSquares.start(FACTORS)), ignored -> {});
        Awaitility.await().untilAsserted(() -> assertThat(shuffleFiles()).isEmpty());
    }

    @Test
    void refusesAStateOfAnotherLength() {
        TrainingState short6 = LeastSquares.startOf(new float[6]);
        assertThatThrownBy(() -> train(TRAINING, preLaunch(STEPS), short6, ignored -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("state: 6 parameters (must be 7 in stage pre-launch)");
    }

    @Test
    void refusesChunksWithAGap() {
        assertThatThrownBy(() -> LeastSquares.stage(
                        "sprint", STEPS, List.of(new Chunk(0, 3), new Chunk(4, 7)), () -> new LeastSquares(7, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("chunk: from 4 to 7 (must begin at 3 and hold something)");
    }

    private static TrainingState trainBothStages(List<Chunk> sprintChunks) {
        try (Rounds<TokenBatch> rounds = new Rounds<>(spark, TRAINING, STEPS, "tokens", LeastSquares::batch)) {
            TrainingState start = LeastSquares.startOf(LeastSquares.start(FACTORS));
            TrainingState boundary = rounds.train(preLaunch(6), start, ignored -> {});
            return rounds.train(sprint(sprintChunks), boundary.with(LeastSquares.coordinates(3, 6)), ignored -> {});
        }
    }

    private static TrainingState train(
            TrainingSettings training, Stage<TokenBatch> stage, TrainingState start, RoundListener listener) {
        try (Rounds<TokenBatch> rounds = new Rounds<>(spark, training, STEPS, "tokens", LeastSquares::batch)) {
            return rounds.train(stage, start, listener);
        }
    }

    private static Stage<TokenBatch> preLaunch(int untilStep) {
        return LeastSquares.stage("pre-launch", untilStep, cuts(), () -> new LeastSquares(FACTORS, 0));
    }

    private static Stage<TokenBatch> sprint(List<Chunk> chunks) {
        return LeastSquares.stage("sprint", STEPS, chunks, () -> new LeastSquares(FACTORS + 3, 0));
    }

    private static List<Chunk> cuts() {
        return List.of(new Chunk(0, 3), new Chunk(3, FACTORS));
    }

    private static Collection<String> shuffleFiles() {
        return JavaConverters.seqAsJavaList(
                        SparkEnv.get().blockManager().diskBlockManager().getAllBlocks())
                .stream()
                .filter(block -> block.isShuffle())
                .map(block -> block.name())
                .toList();
    }

    private static void assertClose(float[] actual, double[] expected) {
        double[] widened =
                IntStream.range(0, actual.length).mapToDouble(i -> actual[i]).toArray();
        assertThat(widened).containsExactly(expected, within(1e-5));
    }

    /** Least squares with a batch on which the loss is no number. */
    private record DivergingAt(TokenBatch bad) implements Objective<TokenBatch> {
        @Override
        public int parameters() {
            return FACTORS;
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
        public double lossAndGradient(TokenBatch batch, Tensor parameters, Tensor gradient, long seed) {
            double loss = new LeastSquares(FACTORS, 0).lossAndGradient(batch, parameters, gradient, seed);
            return Arrays.equals(batch.tokens(), bad.tokens()) ? Double.NaN : loss;
        }

        @Override
        public Measurement measure(TokenBatch batch, Tensor parameters) {
            throw new UnsupportedOperationException("no test measures it");
        }
    }
}
