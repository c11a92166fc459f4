package org.loradash.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.loradash.config.Settings.Averaging;
import org.loradash.config.Settings.Training;
import org.loradash.train.TrainingState;

class RoundsTest {
    private static final int FACTORS = 7;
    private static final List<Chunk> CHUNKS = List.of(new Chunk(0, 3), new Chunk(3, FACTORS));

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
    void trainsAStageToItsEnd() {
        List<RoundOutcome> outcomes = new ArrayList<>();
        Training training = LeastSquares.training(2, 3, 4, Averaging.PARAMETERS);
        TrainingState end = train(training, LeastSquares::batch, outcomes);
        assertThat(end.step()).isEqualTo(12);
        assertThat(end.round()).isEqualTo(4);
        assertThat(outcomes).hasSize(4);
    }

    private static TrainingState train(Training training, BatchSource source, List<RoundOutcome> outcomes) {
        try (Rounds rounds = new Rounds(spark, training, 12, "tokens", source)) {
            Stage stage = new Stage("pre-launch", FACTORS, 0, 12, CHUNKS, () -> new LeastSquares(FACTORS, 0));
            return rounds.train(stage, TrainingState.startingAt(LeastSquares.start(FACTORS)), outcomes::add);
        }
    }
}
