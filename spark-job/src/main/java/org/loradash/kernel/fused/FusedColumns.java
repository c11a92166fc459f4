package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;
import static org.loradash.kernel.fused.Lanes.load;
import static org.loradash.kernel.fused.Lanes.padded;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;

/** Some columns of wide rows. */
public final class FusedColumns {
    private FusedColumns() {}

    public static void write(WriteColumns of, Scratch scratch) {
        int columns = of.x().columns();
        float[] factors = scratch.floats(1, padded(columns));
        Arrays.fill(factors, 0, columns, of.alpha());
        writeMultiples(of.x(), factors, of.out(), of.from(), scratch);
    }

    public static void writeScaled(WriteScaledColumns of, Scratch scratch) {
        int columns = of.x().columns();
        float[] factors = scratch.floats(1, padded(columns));
        load(of.factors().floats(), 0, factors, columns);
        writeMultiples(of.x(), factors, of.out(), of.from(), scratch);
    }

    private static void writeMultiples(Tensor x, float[] factors, Tensor out, int from, Scratch scratch) {
        int columns = x.columns();
        float[] values = scratch.floats(0, padded(columns));
        for (int row = 0; row < x.rows(); row++) {
            x.floats().get(row * columns, values, 0, columns);
            Lanes.multiply(values, factors, columns);
            out.floats().put(row * out.columns() + from, values, 0, columns);
        }
    }

    public static void add(AddColumns of, Scratch scratch) {
        int columns = of.out().columns();
        float[] values = scratch.floats(0, padded(columns));
        float[] sums = scratch.floats(1, padded(columns));
        for (int row = 0; row < of.out().rows(); row++) {
            of.x().floats().get(row * of.x().columns() + of.from(), values, 0, columns);
            of.out().floats().get(row * columns, sums, 0, columns);
            Lanes.addMultiple(values, of.alpha(), sums, columns);
            of.out().floats().put(row * columns, sums, 0, columns);
        }
    }

    public static void addDots(AddColumnDots of, Scratch scratch) {
        int columns = of.y().columns();
        float[] x = scratch.floats(0, padded(columns));
        float[] y = scratch.floats(1, padded(columns));
        float[] sums = scratch.floats(2, padded(columns));
        Arrays.fill(sums, 0, columns, 0);
        for (int row = 0; row < of.y().rows(); row++) {
            of.x().floats().get(row * of.x().columns() + of.from(), x, 0, columns);
            of.y().floats().get(row * columns, y, 0, columns);
            addProducts(x, y, sums, columns);
        }
        of.out().floats().get(0, x, 0, columns);
        Lanes.addMultiple(sums, 1, x, columns);
        of.out().floats().put(0, x, 0, columns);
    }

    private static void addProducts(float[] x, float[] y, float[] sums, int count) {
        for (int i = 0; i < padded(count); i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i)
                    .fma(FloatVector.fromArray(FLOATS, y, i), FloatVector.fromArray(FLOATS, sums, i))
                    .intoArray(sums, i);
        }
    }
}
