package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.padded;

import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.RepeatRow;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.ScatterRows;
import org.loradash.kernel.operation.WriteSlots;

/** Rows that go somewhere, and rows that turn. */
public final class FusedRows {
    private FusedRows() {}

    public static void gather(GatherRows of) {
        int columns = of.x().columns();
        int[] indices = of.indices();
        for (int i = 0; i < indices.length; i++) {
            of.out().floats().put(i * columns, of.x().floats(), indices[i] * columns, columns);
        }
    }

    public static void repeat(RepeatRow of) {
        int columns = of.out().columns();
        for (int row = 0; row < of.out().rows(); row++) {
            of.out().floats().put(row * columns, of.row().floats(), 0, columns);
        }
    }

    public static void scatter(ScatterRows of, Scratch scratch) {
        int columns = of.x().columns();
        int[] indices = of.indices();
        float[] row = scratch.floats(0, padded(columns));
        float[] sum = scratch.floats(1, padded(columns));
        for (int i = 0; i < indices.length; i++) {
            of.x().floats().get(i * columns, row, 0, columns);
            of.out().floats().get(indices[i] * columns, sum, 0, columns);
            Lanes.addMultiple(row, 1, sum, columns);
            of.out().floats().put(indices[i] * columns, sum, 0, columns);
        }
    }

    public static void writeSlots(WriteSlots of) {
        Tensor x = of.x();
        int d = of.cache().columns();
        int capacity = of.cache().rows() / of.keyHeads();
        int[] slots = of.slots();
        for (int i = 0; i < slots.length; i++) {
            for (int head = 0; head < of.keyHeads(); head++) {
                of.cache().floats().put((head * capacity + slots[i]) * d, x.floats(), i * x.stride() + head * d, d);
            }
        }
    }

    public static void rotate(Rotate of, Scratch scratch) {
        Tensor x = of.x();
        int half = of.cosines().columns();
        int columns = x.columns();
        int d = columns / of.heads();
        float sign = of.direction() == Rotate.Direction.FORWARD ? 1 : -1;
        float[] values = scratch.floats(0, padded(columns));
        float[] cosines = scratch.floats(1, padded(half));
        float[] sines = scratch.floats(2, padded(half));
        for (int row = 0; row < x.rows(); row++) {
            int angles = of.positions()[row] * half;
            of.cosines().floats().get(angles, cosines, 0, half);
            of.sines().floats().get(angles, sines, 0, half);
            x.floats().get(row * x.stride(), values, 0, columns);
            for (int head = 0; head < of.heads(); head++) {
                turn(values, head * d, cosines, sines, sign, half);
            }
            x.floats().put(row * x.stride(), values, 0, columns);
        }
    }

    private static void turn(float[] x, int at, float[] cosines, float[] sines, float sign, int half) {
        int i = 0;
        for (; i + COUNT <= half; i += COUNT) {
            FloatVector low = FloatVector.fromArray(FLOATS, x, at + i);
            FloatVector high = FloatVector.fromArray(FLOATS, x, at + half + i);
            FloatVector cosine = FloatVector.fromArray(FLOATS, cosines, i);
            FloatVector sine = FloatVector.fromArray(FLOATS, sines, i).mul(sign);
            low.mul(cosine).sub(high.mul(sine)).intoArray(x, at + i);
            high.mul(cosine).add(low.mul(sine)).intoArray(x, at + half + i);
        }
        for (; i < half; i++) {
            float low = x[at + i];
            float high = x[at + half + i];
            float sine = sign * sines[i];
            x[at + i] = low * cosines[i] - high * sine;
            x[at + half + i] = high * cosines[i] + low * sine;
        }
    }
}
