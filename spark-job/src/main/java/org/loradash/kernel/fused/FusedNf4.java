package org.loradash.kernel.fused;

import static org.loradash.kernel.Nf4Weight.BLOCK;
import static org.loradash.kernel.Nf4Weight.BYTES_OF_BLOCK;
import static org.loradash.kernel.fused.Lanes.COUNT;

import java.nio.FloatBuffer;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.loradash.kernel.Nf4Weight;
import org.loradash.kernel.Scratch;

/** Rows of matrices in 4 bits as float32: the values of both codes of a byte come out of one table, and are then scaled. */
final class FusedNf4 {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;

    /** Blocks that are expanded at a time. */
    private static final int BLOCKS = 32;

    /** The values of each byte's two codes, the first in the low half: the order in which they lie in memory. */
    private static final long[] PAIRS = new long[1 << Byte.SIZE];

    static {
        for (int both = 0; both < PAIRS.length; both++) {
            long first = Float.floatToRawIntBits(Nf4Weight.value(both >> 4));
            long second = Float.floatToRawIntBits(Nf4Weight.value(both & 15));
            PAIRS[both] = second << Integer.SIZE | first & 0xffffffffL;
        }
    }

    private FusedNf4() {}

    /** Rows from (inclusive) to (exclusive), to a place of the destination. */
    static void rows(Nf4Weight weight, int from, int to, FloatBuffer out, int at, Scratch scratch) {
        long begin = (long) from * weight.columns();
        long end = (long) to * weight.columns();
        byte[] codes = scratch.bytes(BLOCKS * BYTES_OF_BLOCK);
        long[] pairs = scratch.longs(BLOCKS * BYTES_OF_BLOCK);
        float[] values = scratch.floats(0, BLOCKS * BLOCK);
        float[] absmax = scratch.floats(1, BLOCKS);
        int last = (int) ((end + BLOCK - 1) / BLOCK);
        for (int block = (int) (begin / BLOCK); block < last; block += BLOCKS) {
            int count = Math.min(BLOCKS, last - block);
            weight.readCodes(block, codes, count);
            weight.absmax().floats().get(block, absmax, 0, count);
            expand(codes, pairs, absmax, values, count);
            long first = (long) block * BLOCK;
            int skipped = (int) Math.max(0, begin - first);
            int taken = (int) Math.min((long) count * BLOCK, end - first) - skipped;
            out.put(at + (int) (first + skipped - begin), values, skipped, taken);
        }
    }

    private static void expand(byte[] codes, long[] pairs, float[] absmax, float[] values, int blocks) {
        for (int i = 0; i < blocks * BYTES_OF_BLOCK; i++) {
            pairs[i] = PAIRS[codes[i] & 0xff];
        }
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < BLOCK; i += COUNT) {
                LongVector.fromArray(LONGS, pairs, block * BYTES_OF_BLOCK + i / 2)
                        .reinterpretAsFloats()
                        .mul(absmax[block])
                        .intoArray(values, block * BLOCK + i);
            }
        }
    }
}
