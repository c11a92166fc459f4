package org.loradash.spark.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.loradash.kernel.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's updater with the norm of ClipL2PerLayer taken as torch.nn.utils.clip_grad_norm_ takes it, in double precision
 * and one order. DL4J's own adds in float32, where squares stop adding up: of 2^26 ones it makes 5793, not 8192; and on
 * as many threads as are free, so that its last bits depend on what else runs.
 */
final class ClippingUpdater extends MultiLayerUpdater {
    /** PyTorch adds this to the norm. */
    private static final double GUARD = 1e-6;

    /** Elements that are on the heap at a time. */
    private static final int PART = 1 << 20;

    ClippingUpdater(MultiLayerNetwork network, INDArray state) {
        super(network, state);
    }

    @Override
    public void preApply(Trainable layer, Gradient gradient, int iteration) {
        if (layer.getConfig().getGradientNormalization() != GradientNormalization.ClipL2PerLayer) {
            super.preApply(layer, gradient, iteration);
            return;
        }
        INDArray vector = layer.getGradientsViewArray();
        clip(
                Tensor.over(vector, 1, Math.toIntExact(vector.length())),
                layer.getConfig().getGradientNormalizationThreshold());
    }

    /**
     * Scales a gradient down to a norm.
     *
     * @param gradient 1 x n
     * @param limit the largest norm
     */
    static void clip(Tensor gradient, double limit) {
        List<Tensor> parts = parts(gradient);
        double squares = 0;
        for (Tensor part : parts) {
            for (float value : part.toArray()) {
                squares += (double) value * value;
            }
        }
        float scale = (float) (limit / (Math.sqrt(squares) + GUARD));
        if (scale < 1) {
            for (Tensor part : parts) {
                float[] values = part.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= scale;
                }
                part.write(values, 0);
            }
        }
    }

    private static List<Tensor> parts(Tensor gradient) {
        List<Tensor> parts = new ArrayList<>();
        for (int from = 0; from < gradient.columns(); from += PART) {
            parts.add(gradient.columns(from, Math.min(gradient.columns(), from + PART)));
        }
        return parts;
    }
}
