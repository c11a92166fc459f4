package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.INTS;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.loradash.kernel.FloatWeight;
import org.loradash.kernel.Int8Weight;
import org.loradash.kernel.Nf4Weight;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.Gather;

/** Rows of frozen weights as float32. */
public final class FusedWeights {
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(COUNT * Short.SIZE));

    private static final int BLOCK = 2048;
    private static final int FLOAT16_REBIAS = 127 - 15 << 23;

    private FusedWeights() {}

    public static void expand(Expand of, Scratch scratch) {
        rows(of.weight(), of.from(), of.to(), of.out().floats(), 0, scratch);
    }

    public static void gather(Gather of, Scratch scratch) {
        int columns = of.table().columns();
        for (int i = 0; i < of.indices().length; i++) {
            int row = of.indices()[i];
            rows(of.table(), row, row + 1, of.out().floats(), i * columns, scratch);
        }
    }

    /** Rows from (inclusive) to (exclusive), to a place of the destination. */
    private static void rows(Weight weight, int from, int to, FloatBuffer out, int at, Scratch scratch) {
        if (weight instanceof FloatWeight floats) {
            floats(floats, from, to, out, at, scratch);
        } else if (weight instanceof Nf4Weight quantised) {
            FusedNf4.rows(quantised, from, to, out, at, scratch);
        } else if (weight instanceof Int8Weight quantised) {
            FusedInt8.rows(quantised, from, to, out, at, scratch);
        } else {
            int begin = 0;
            for (Weight part : weight.parts()) {
                int first = Math.max(from, begin);
                int last = Math.min(to, begin + part.rows());
                if (first < last) {
                    int into = at + (first - from) * part.columns();
                    rows(part, first - begin, last - begin, out, into, scratch);
                }
                begin += part.rows();
            }
        }
    }

    private static void floats(FloatWeight weight, int from, int to, FloatBuffer out, int at, Scratch scratch) {
        int columns = weight.columns();
        for (int row = from; row < to; ) {
            int blockEnd = (row / weight.rowsInBlock() + 1) * weight.rowsInBlock();
            int end = Math.min(to, blockEnd);
            copy(weight, row, (end - row) * columns, out, at + (row - from) * columns, scratch);
            row = end;
        }
    }

    /** Elements from a row's first on, all in its block, to a place of the destination. */
    private static void copy(FloatWeight weight, int row, int count, FloatBuffer out, int at, Scratch scratch) {
        ByteBuffer bytes = weight.blockOfRow(row).duplicate().order(ByteOrder.nativeOrder());
        int from = weight.byteOfRow(row);
        switch (weight.storage()) {
            case FLOAT32 -> out.put(at, bytes.asFloatBuffer(), from / Float.BYTES, count);
            case BFLOAT16, FLOAT16 -> {
                short[] stored = scratch.shorts(BLOCK);
                float[] values = scratch.floats(0, BLOCK);
                ShortBuffer shorts = bytes.asShortBuffer();
                for (int done = 0; done < count; done += BLOCK) {
                    int part = Math.min(BLOCK, count - done);
                    shorts.get(from / Short.BYTES + done, stored, 0, part);
                    switch (weight.storage()) {
                        case BFLOAT16 -> fromBfloat16(stored, values, part);
                        case FLOAT16 -> fromFloat16(stored, values, part);
                        default -> throw new IllegalStateException();
                    }
                    out.put(at + done, values, 0, part);
                }
            }
            default -> throw new IllegalStateException();
        }
    }

    private static void fromBfloat16(short[] stored, float[] values, int count) {
        for (int i = 0; i < count; i += COUNT) {
            IntVector bits =
                    (IntVector) ShortVector.fromArray(SHORTS, stored, i).convertShape(VectorOperators.S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(values, i);
        }
    }

    private static void fromFloat16(short[] stored, float[] values, int count) {
        for (int i = 0; i < count; i += COUNT) {
            IntVector bits =
                    (IntVector) ShortVector.fromArray(SHORTS, stored, i).convertShape(VectorOperators.S2I, INTS, 0);
            IntVector magnitude = bits.and(0x7fff);
            IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
            IntVector normal = magnitude.lanewise(VectorOperators.LSHL, 13).add(FLOAT16_REBIAS);
            // One half has the last place of subnormal values: or-ing them in and taking it away normalises them.
            FloatVector subnormal =
                    magnitude.or(0x3f000000).reinterpretAsFloats().sub(0.5f);
            IntVector result = subnormal
                    .reinterpretAsInts()
                    .blend(normal, magnitude.compare(VectorOperators.GE, 0x400))
                    .blend(normal.add(FLOAT16_REBIAS), magnitude.compare(VectorOperators.GE, 0x7c00));
            result.or(sign).reinterpretAsFloats().intoArray(values, i);
        }
    }
}
