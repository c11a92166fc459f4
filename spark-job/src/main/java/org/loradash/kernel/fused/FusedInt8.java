package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;

import java.nio.FloatBuffer;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.loradash.kernel.Int8Weight;
import org.loradash.kernel.Scratch;

/** Rows of matrices in 8 bits as float32. */
final class FusedInt8 {
    /** As many lanes as a vector of floats has, or 8, for there is no shorter one. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, COUNT * Byte.SIZE)));

    /** Elements that are expanded at a time. */
    private static final int BLOCK = 2048;

    private FusedInt8() {}

    /** Rows from (inclusive) to (exclusive), to a place of the destination. */
    static void rows(Int8Weight weight, int from, int to, FloatBuffer out, int at, Scratch scratch) {
        int columns = weight.columns();
        byte[] codes = scratch.bytes(BLOCK);
        float[] values = scratch.floats(0, BLOCK);
        for (int row = from; row < to; row++) {
            float scale = weight.absmax().floats().get(row) / Int8Weight.LARGEST;
            for (int done = 0; done < columns; done += BLOCK) {
                int count = Math.min(BLOCK, columns - done);
                weight.readCodes((long) row * columns + done, codes, count);
                expand(codes, scale, values, count);
                out.put(at + (row - from) * columns + done, values, 0, count);
            }
        }
    }

    private static void expand(byte[] codes, float scale, float[] values, int count) {
        for (int i = 0; i < count; i += BYTES.length()) {
            ByteVector these = ByteVector.fromArray(BYTES, codes, i);
            for (int part = 0; part * COUNT < BYTES.length(); part++) {
                ((FloatVector) these.convertShape(VectorOperators.B2F, FLOATS, part))
                        .mul(scale)
                        .intoArray(values, i + part * COUNT);
            }
        }
    }
}
