package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.loradash.config.Settings.Schedule;
import org.loradash.kernel.Kernels.AdamStep;
import org.loradash.kernel.Tensor;

class AdamWTest {

    /** torch.optim.AdamW in double precision (lr 0.1, eps 1e-3, weight decay 0.2), gradients clipped to a norm of 2.5. */
    @Test
    void takesPytorchsSteps() {
        double[] expected = {1.0634990668531747, 0.25691193835071313, 2.594610053548891, 1.0609716510383458};
        double[] theta = {0.5, -1, 2, 0};
        LearningRate rate = new LearningRate(0.1, Schedule.LINEAR, 3, 25);
        Tensor gradient = Tensor.zeros(1, 4);
        Tensor m = Tensor.zeros(1, 4);
        Tensor v = Tensor.zeros(1, 4);
        for (int step = 0; step < 20; step++) {
            double squares = 0;
            double[] slopes = new double[4];
            for (int k = 0; k < 4; k++) {
                slopes[k] = (k + 1) * (theta[k] - (k + 1));
                squares += slopes[k] * slopes[k];
            }
            double scale = Math.min(1, 2.5 / (Math.sqrt(squares) + 1e-6));
            float[] clipped = new float[4];
            for (int k = 0; k < 4; k++) {
                clipped[k] = (float) (scale * slopes[k]);
            }
            gradient.write(clipped, 0);
            AdamW.update(gradient, m, v, new AdamStep(rate.at(step), 0.9, 0.999, 1e-3, step + 1));
            float[] steps = gradient.toArray();
            for (int k = 0; k < 4; k++) {
                theta[k] -= 0.2 * rate.at(step) * theta[k] + steps[k];
            }
        }
        assertThat(theta).containsExactly(expected, within(1e-6));
    }
}
