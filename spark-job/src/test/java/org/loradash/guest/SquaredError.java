package org.loradash.guest;

import org.loradash.kernel.Account;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;

/**
 * The sum of (prediction - target)^2, unscaled, and scale times its gradient.
 *
 * @param predictions T x 1
 * @param gradient T x 1, overwritten
 */
record SquaredError(Tensor predictions, float[] targets, float scale, Tensor gradient) implements Operation {
    @Override
    public void account(Account account) {
        account.reads("predictions", predictions).dense().shape(targets.length, 1);
        account.writes("gradient", gradient).dense().like(predictions).computes(4L * targets.length);
    }

    @Override
    public double fused(Scratch scratch) {
        return portable();
    }

    @Override
    public double portable() {
        float[] values = predictions.toArray();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = (double) values[i] - targets[i];
            sum += difference * difference;
            values[i] = (float) (2 * scale * difference);
        }
        gradient.write(values, 0);
        return sum;
    }
}
