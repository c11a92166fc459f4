package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Patches;
import org.loradash.kernel.operation.Patches.View;

/** Patches of images, place by place. */
public final class FusedPatches {
    private FusedPatches() {}

    public static void forward(Patches.Forward of, Scratch scratch) {
        View view = of.view();
        int channels = of.x().columns();
        FloatBuffer xs = of.x().floats();
        FloatBuffer outs = of.out().floats();
        float[] zeros = scratch.floats(0, channels);
        Arrays.fill(zeros, 0, channels, 0);
        int at = 0;
        for (int i = 0; i < of.out().rows(); i++) {
            for (int within = 0; within < view.area(); within++) {
                int row = view.row(of.from() + i, within);
                if (row < 0) {
                    outs.put(at, zeros, 0, channels);
                } else {
                    outs.put(at, xs, row * channels, channels);
                }
                at += channels;
            }
        }
    }

    public static void backward(Patches.Backward of, Scratch scratch) {
        View view = of.view();
        Tensor dx = of.dx();
        int all = of.channels();
        int some = dx.columns();
        FloatBuffer dOuts = of.dOut().floats();
        FloatBuffer sums = dx.floats();
        float[] added = scratch.floats(0, padded(some));
        float[] sum = scratch.floats(1, padded(some));
        for (int i = 0; i < of.dOut().rows(); i++) {
            for (int within = 0; within < view.area(); within++) {
                int row = view.row(of.from() + i, within);
                if (row >= 0) {
                    dOuts.get((i * view.area() + within) * all + of.channel(), added, 0, some);
                    sums.get(row * dx.stride(), sum, 0, some);
                    Lanes.addMultiple(added, 1, sum, some);
                    sums.put(row * dx.stride(), sum, 0, some);
                }
            }
        }
    }
}
