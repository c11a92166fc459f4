package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
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
        int lines = view.lines();
        int columns = view.columns();
        FloatBuffer xs = of.x().floats();
        FloatBuffer outs = of.out().floats();
        float[] zeros = scratch.floats(0, channels);
        Arrays.fill(zeros, 0, channels, 0);
        int at = 0;
        for (int place = of.from(); place < of.from() + of.out().rows(); place++) {
            int top = view.line(place);
            int left = view.column(place);
            for (int line = top; line < top + view.side(); line++) {
                for (int column = left; column < left + view.side(); column++) {
                    int row = view.row(line, column, lines, columns);
                    if (row < 0) {
                        outs.put(at, zeros, 0, channels);
                    } else {
                        outs.put(at, xs, row * channels, channels);
                    }
                    at += channels;
                }
            }
        }
    }

    /** All that is added to lies in one array meanwhile, since each place is in several patches. */
    public static void backward(Patches.Backward of, Scratch scratch) {
        View view = of.view();
        Tensor dx = of.dx();
        int lines = view.lines();
        int columns = view.columns();
        int some = dx.columns();
        int width = padded(some);
        int[] reached = reached(of);
        FloatBuffer sums = dx.floats();
        float[] sum = scratch.floats(1, (reached[1] - reached[0]) * width);
        for (int row = reached[0]; row < reached[1]; row++) {
            sums.get(row * dx.stride(), sum, (row - reached[0]) * width, some);
        }
        FloatBuffer dOuts = of.dOut().floats();
        float[] added = scratch.floats(0, width);
        int at = of.channel();
        for (int place = of.from(); place < of.from() + of.dOut().rows(); place++) {
            int top = view.line(place);
            int left = view.column(place);
            for (int line = top; line < top + view.side(); line++) {
                for (int column = left; column < left + view.side(); column++) {
                    int row = view.row(line, column, lines, columns);
                    if (row >= 0) {
                        dOuts.get(at, added, 0, some);
                        add(added, sum, (row - reached[0]) * width, width);
                    }
                    at += of.channels();
                }
            }
        }
        for (int row = reached[0]; row < reached[1]; row++) {
            sums.put(row * dx.stride(), sum, (row - reached[0]) * width, some);
        }
    }

    /** The rows of the image from the first (inclusive) to the last (exclusive) that its patches may reach. */
    private static int[] reached(Patches.Backward of) {
        View view = of.view();
        int first = Math.max(0, view.line(of.from()));
        int last = view.line(of.from() + of.dOut().rows() - 1) + view.side();
        return new int[] {
            Math.min(view.height(), first / view.enlargement()) * view.width(),
            Math.min(view.height(), (last + view.enlargement() - 1) / view.enlargement()) * view.width()
        };
    }

    private static void add(float[] x, float[] sum, int at, int width) {
        for (int i = 0; i < width; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .add(FloatVector.fromArray(FLOATS, sum, at + i))
                    .intoArray(sum, at + i);
        }
    }
}
