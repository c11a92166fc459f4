package org.loradash.spark.dl4j;

import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.loradash.config.GivenSettings;
import org.loradash.config.TrainingSettings;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.loradash.train.Objective;
import org.loradash.train.RoundPlan;

/**
 * A small problem whose answers can be computed by hand: each token reads two parameters, whose sum is to be a tenth of
 * its target.
 *
 * @param parameters how many
 * @param noise how far the seed scales the errors, as dropout would
 */
public record LeastSquares(int parameters, double noise) implements Objective<Batch> {

    @Override
    public double lossAndGradient(Batch batch, Tensor parameterRow, Tensor gradientRow, long seed) {
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
    public double loss(Batch batch, Tensor parameterRow) {
        LeastSquares exact = new LeastSquares(parameters, 0);
        return exact.lossAndGradient(batch, parameterRow, Tensor.zeros(1, parameters), 0) * batch.labelledTokens();
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
    public static Batch batch(long from, int records) {
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
        return new Batch(tokens, targets, starts);
    }

    /** Batches at the positions of the plan, wherever they are said to lie. */
    public static Batch batch(String location, RoundPlan plan, int worker, int localStep) {
        return batch(plan.record(worker, localStep), plan.batchSize());
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
        return GivenSettings.of(
                        "training { workers = %d, local-steps = %d, batch-size = %d, seed = 11, slice-tokens = 256 }"
                                .formatted(workers, localSteps, batchSize),
                        "training { learning-rate = 0.05, warmup-steps = 2, weight-decay = 0.1, gradient-clipping = 1 }",
                        "training.averaging = " + averaging.name().toLowerCase(Locale.ROOT))
                .training();
    }
}
