package org.loradash.train;

import java.nio.FloatBuffer;
import org.loradash.kernel.Kernels.AdamStep;
import org.loradash.kernel.Tensor;

/**
 * The moments and the step of AdamW (arXiv 1711.05101) as PyTorch computes them, without the weight decay, which does
 * not depend on them.
 */
public final class AdamW {
    private AdamW() {}

    /**
     * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, and in place of g: rate * (m / (1 - beta1^t)) / (sqrt(v
     * / (1 - beta2^t)) + epsilon).
     *
     * @param gradient 1 x n, becomes the step to be subtracted from the parameters
     * @param m 1 x n, first moments, updated
     * @param v 1 x n, second moments, updated
     */
    public static void update(Tensor gradient, Tensor m, Tensor v, AdamStep step) {
        FloatBuffer g = gradient.floats();
        FloatBuffer first = m.floats();
        FloatBuffer second = v.floats();
        double beta1 = step.beta1();
        double beta2 = step.beta2();
        double epsilon = step.epsilon();
        double scale = step.rate() / (1 - Math.pow(beta1, step.t()));
        double correction = 1 / Math.sqrt(1 - Math.pow(beta2, step.t()));
        int size = Math.toIntExact(gradient.size());
        for (int i = 0; i < size; i++) {
            double slope = g.get(i);
            double mean = beta1 * first.get(i) + (1 - beta1) * slope;
            double square = beta2 * second.get(i) + (1 - beta2) * slope * slope;
            first.put(i, (float) mean);
            second.put(i, (float) square);
            g.put(i, (float) (scale * mean / (Math.sqrt(square) * correction + epsilon)));
        }
    }
}
