package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.config.TrainingSettings.Averaging;
import org.loradash.spark.application.LocalSpark;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.Stage;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.RoundPlan;
import org.loradash.train.TrainingState;

/** A run's bits are a function of its settings and data, not of the cluster. */
class RoundBitsTest {
    private static final int PARAMETERS = 40;
    private static final AtomicInteger FAILURES = new AtomicInteger();

    @ParameterizedTest
    @EnumSource
    void areTheSameOnOneCoreOnTwoAndWithTasksThatFail(Averaging averaging) {
        TrainingState oneCore = train("local[1]", averaging, LeastSquares::batch);
        TrainingState twoCores = train("local[2]", averaging, LeastSquares::batch);
        FAILURES.set(0);
        TrainingState withFailures = train("local[2,4]", averaging, new FailingOnce());
        assertThat(FAILURES).hasValue(2 * withFailures.round());
        for (TrainingState other : List.of(twoCores, withFailures)) {
            assertThat(other.parameters()).isEqualTo(oneCore.parameters());
            assertThat(other.firstMoments()).isEqualTo(oneCore.firstMoments());
            assertThat(other.secondMoments()).isEqualTo(oneCore.secondMoments());
            assertThat(other.weight()).isEqualTo(oneCore.weight());
        }
    }

    /** Several groups of chunks, each averaged by a task, and one chunk that is a group by itself. */
    @Test
    void dependOnNeitherChunksNorTheirGroups() {
        int parameters = 1_700_000;
        List<List<Chunk>> cuts = List.of(
                List.of(new Chunk(0, parameters)),
                List.of(
                        new Chunk(0, 10),
                        new Chunk(10, 900_000),
                        new Chunk(900_000, 900_001),
                        new Chunk(900_001, 1_200_000),
                        new Chunk(1_200_000, parameters)));
        try (JavaSparkContext spark = LocalSpark.start("local[2]")) {
            for (int workers : new int[] {1, 2}) {
                List<float[]> results = new ArrayList<>();
                for (List<Chunk> chunks : cuts) {
                    try (Rounds<TokenBatch> rounds = new Rounds<>(
                            spark,
                            LeastSquares.training(workers, 1, 2, Averaging.PARAMETERS),
                            2,
                            "tokens",
                            LeastSquares::batch)) {
                        Stage<TokenBatch> stage =
                                LeastSquares.stage("training", 2, chunks, () -> new LeastSquares(parameters, 0));
                        TrainingState start = LeastSquares.startOf(LeastSquares.start(parameters));
                        results.add(rounds.train(stage, start, outcome -> assertThat(outcome.gathered())
                                        .hasSameSizeAs(chunks))
                                .parameters());
                    }
                }
                assertThat(results.get(1)).as("%d workers", workers).isEqualTo(results.get(0));
            }
        }
    }

    @Test
    void dependOnTheSeed() {
        try (JavaSparkContext spark = LocalSpark.start("local[2]")) {
            TrainingState noisy = train(spark, Averaging.PARAMETERS, LeastSquares::batch, 0.3);
            TrainingState plain = train(spark, Averaging.PARAMETERS, LeastSquares::batch, 0);
            assertThat(noisy.parameters()).isNotEqualTo(plain.parameters());
        }
    }

    private static TrainingState train(String master, Averaging averaging, BatchSource<TokenBatch> batches) {
        try (JavaSparkContext spark = LocalSpark.start(master)) {
            return train(spark, averaging, batches, 0.3);
        }
    }

    private static TrainingState train(
            JavaSparkContext spark, Averaging averaging, BatchSource<TokenBatch> batches, double noise) {
        try (Rounds<TokenBatch> rounds =
                new Rounds<>(spark, LeastSquares.training(3, 2, 3, averaging), 6, "tokens", batches)) {
            List<Chunk> chunks = List.of(new Chunk(0, 25), new Chunk(25, PARAMETERS));
            Stage<TokenBatch> stage =
                    LeastSquares.stage("pre-launch", 6, chunks, () -> new LeastSquares(PARAMETERS, noise));
            return rounds.train(stage, LeastSquares.startOf(LeastSquares.start(PARAMETERS)), outcome -> {});
        }
    }

    /** Of each round the first attempt of two workers' last steps fails. */
    private static final class FailingOnce implements BatchSource<TokenBatch> {
        private static final long serialVersionUID = 1L;

        @Override
        public TokenBatch batch(String location, long[] records) {
            return LeastSquares.batch(location, records);
        }

        @Override
        public TokenBatch batch(String location, RoundPlan plan, int worker, int localStep) {
            if (TaskContext.get().attemptNumber() == 0 && worker != 1 && localStep == plan.localSteps() - 1) {
                FAILURES.incrementAndGet();
                throw new IllegalStateException("this test's task fails once");
            }
            return BatchSource.super.batch(location, plan, worker, localStep);
        }
    }
}
