package org.loradash.spark.dl4j;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.loradash.config.TrainingSettings;
import org.loradash.kernel.Tensor;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.Stage;
import org.loradash.task.Measurement;
import org.loradash.task.Units;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.Group;
import org.loradash.train.Objective;
import org.loradash.train.TrainingState;

/**
 * A small problem whose answers can be computed by hand: each token reads two parameters, whose sum is to be a tenth of
 * its target.
 *
 * @param parameters how many
 * @param noise how far the seed scales the errors, as dropout would
 */
public record LeastSquares(int parameters, double noise) implements Objective<TokenBatch> {
    static final Units UNITS = new Units("tokens", "labelled_tokens", "no token of the batch is labelled");
    private static final double RATE = 0.05;

    @Override
    public long size(TokenBatch batch) {
        return batch.tokenCount();
    }

    @Override
    public long weight(TokenBatch batch) {
        return batch.labelledTokens();
    }

    @Override
    public double lossAndGradient(TokenBatch batch, Tensor parameterRow, Tensor gradientRow, long seed) {
        float[] theta = parameterRow.toArray();
        double[] gradient = new double[parameters];
        double scale = 1 + noise * new Random(seed).nextDouble();
        int labelled = batch.labelledTokens();
        double loss = 0;
        for (int i = 0; i < batch.tokens().length; i++) {
            if (batch.targets()[i] >= 0) {
                int one = batch.tokens()[i] % parameters;
                int other = (batch.tokens()[i] * 7 + 1) % parameters;
                double error = scale * (theta[one] + theta[other] - 0.1 * batch.targets()[i]);
                loss += 0.5 * error * error / labelled;
                gradient[one] += scale * error / labelled;
                gradient[other] += scale * error / labelled;
            }
        }
        float[] rounded = new float[parameters];
        for (int i = 0; i < parameters; i++) {
            rounded[i] = (float) gradient[i];
        }
        gradientRow.write(rounded, 0);
        return loss;
    }

    @Override
    public Measurement measure(TokenBatch batch, Tensor parameterRow) {
        LeastSquares exact = new LeastSquares(parameters, 0);
        double mean = exact.lossAndGradient(batch, parameterRow, Tensor.zeros(1, parameters), 0);
        return new Measurement(mean * batch.labelledTokens(), List.of());
    }

    /** A record of 3 to 8 tokens, drawn from its position; the last token has no target. */
    static int[][] record(long position) {
        Random random = new Random(position * 31 + 7);
        int length = 3 + random.nextInt(6);
        int[] tokens = random.ints(length, 0, 50).toArray();
        int[] targets = random.ints(length, 0, 50).toArray();
        targets[length - 1] = -1;
        return new int[][] {tokens, targets};
    }

    /** The batch of consecutive records. */
    public static TokenBatch batch(long from, int records) {
        int[] starts = new int[records + 1];
        int[][][] all =
                IntStream.range(0, records).mapToObj(row -> record(from + row)).toArray(int[][][]::new);
        for (int row = 0; row < records; row++) {
            starts[row + 1] = starts[row] + all[row][0].length;
        }
        int[] tokens = new int[starts[records]];
        int[] targets = new int[starts[records]];
        for (int row = 0; row < records; row++) {
            System.arraycopy(all[row][0], 0, tokens, starts[row], all[row][0].length);
            System.arraycopy(all[row][1], 0, targets, starts[row], all[row][1].length);
        }
        return new TokenBatch(tokens, targets, starts);
    }

    /** Batches of consecutive records, wherever they are said to lie. */
    public static TokenBatch batch(String location, long[] records) {
        return batch(records[0], records.length);
    }

    /** A stage without stops. */
    static Stage<TokenBatch> stage(
            String name, int untilStep, List<Chunk> chunks, ObjectiveFactory<TokenBatch> objective) {
        return new Stage<>(name, untilStep, List.of(), chunks, UNITS, objective);
    }

    /** A start of so many factors and nothing else. */
    static TrainingState startOf(float... factors) {
        return TrainingState.startingAt(factors, List.of(new Group("factors", factors.length, 0, RATE, true)));
    }

    /** Coordinates that begin at a step, at the factors' rate. */
    static Group coordinates(int size, int firstStep) {
        return new Group("coordinates", size, firstStep, RATE, true);
    }

    static float[] start(int parameters) {
        float[] start = new float[parameters];
        Random random = new Random(3);
        for (int i = 0; i < parameters; i++) {
            start[i] = random.nextFloat() - 0.5f;
        }
        return start;
    }

    static TrainingSettings training(int workers, int localSteps, int batchSize, TrainingSettings.Averaging averaging) {
        return new TrainingSettings(
                workers,
                localSteps,
                batchSize,
                new TrainingSettings.Length.Steps(12),
                RATE,
                TrainingSettings.Schedule.LINEAR,
                2,
                0.1,
                0.9,
                0.999,
                1e-8,
                1.0,
                11,
                averaging,
                256,
                false,
                TrainingSettings.Arithmetic.FLOAT32);
    }
}
