package org.loradash.kernel;

import org.loradash.config.ModelSettings.Storage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix in 4 bits an element: NormalFloat of QLoRA (arXiv 2305.14314), as bitsandbytes has it. The matrix, row after row,
 * is cut in blocks of 64 elements, of which one may run on into the next row and the last may be shorter. absmax of a block
 * is its largest magnitude, an element's code the number of the value nearest to x / absmax, half way the smaller, and its
 * value that one * absmax. Two codes are a byte, the first in the high four bits. A block of zeros stays one.
 */
public final class Nf4Weight implements Weight {
    /** Elements that have one absmax. */
    public static final int BLOCK = 64;

    public static final int BYTES_OF_BLOCK = BLOCK / 2;

    private static final int ZERO = 7;

    /** Quantiles of the normal distribution (appendix E), with zero among them. */
    private static final float[] VALUES = {
        -1f,
        -0.6961928009986877f,
        -0.5250730514526367f,
        -0.39491748809814453f,
        -0.28444138169288635f,
        -0.18477343022823334f,
        -0.09105003625154495f,
        0f,
        0.07958029955625534f,
        0.16093020141124725f,
        0.24611230194568634f,
        0.33791524171829224f,
        0.44070982933044434f,
        0.5626170039176941f,
        0.7229568362236023f,
        1f
    };

    /** Half way from each value to the next. */
    private static final float[] BOUNDS = new float[VALUES.length - 1];

    static {
        for (int i = 0; i < BOUNDS.length; i++) {
            BOUNDS[i] = (VALUES[i] + VALUES[i + 1]) / 2;
        }
    }

    private final int rows;
    private final int columns;
    private final Codes codes;
    private final Tensor absmax;

    private Nf4Weight(int rows, int columns, Codes codes, Tensor absmax) {
        this.rows = rows;
        this.columns = columns;
        this.codes = codes;
        this.absmax = absmax;
    }

    static Nf4Weight allocate(int rows, int columns) {
        int blocks = blocks(rows, columns);
        return new Nf4Weight(rows, columns, Codes.allocate(blocks, BYTES_OF_BLOCK), Tensor.uninitialised(blocks, 1));
    }

    static Nf4Weight withoutMemory(int rows, int columns) {
        return new Nf4Weight(rows, columns, null, Tensor.withoutMemory(blocks(rows, columns), 1));
    }

    private static int blocks(int rows, int columns) {
        long blocks = ((long) rows * columns + BLOCK - 1) / BLOCK;
        if (blocks * BYTES_OF_BLOCK > Codes.MOST) {
            throw new IllegalArgumentException(
                    "weight: %d x %d (must have at most %d elements as nf4)".formatted(rows, columns, 2 * Codes.MOST));
        }
        return (int) blocks;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public Storage storage() {
        return Storage.NF4;
    }

    @Override
    public long bytes() {
        return absmax.size() * (BYTES_OF_BLOCK + Float.BYTES);
    }

    @Override
    public Nf4Weight firstRows(int count) {
        checkRows(count);
        return new Nf4Weight(count, columns, codes, absmax.rows(0, blocks(count, columns)));
    }

    /** The value of a code, 0 to 15. */
    public static float value(int code) {
        return VALUES[code];
    }

    /** The largest magnitude of each block, blocks x 1. */
    public Tensor absmax() {
        return absmax;
    }

    /** Codes, two a byte, as ND4J sees them: those of a block are a row; of these blocks at least. */
    public INDArray codes() {
        return codes.array();
    }

    /** Reads the bytes of whole blocks from one on into destination[0 .. 32 count). */
    public void readCodes(int fromBlock, byte[] destination, int count) {
        codes.read(fromBlock * BYTES_OF_BLOCK, destination, count * BYTES_OF_BLOCK);
    }

    @Override
    public int unit() {
        return BLOCK;
    }

    @Override
    public void write(long fromElement, float[] values, int count) {
        checkElements(fromElement, values.length, count);
        checkUnits(fromElement, count);
        int blocks = (count + BLOCK - 1) / BLOCK;
        byte[] coded = new byte[blocks * BYTES_OF_BLOCK];
        float[] largest = new float[blocks];
        for (int block = 0; block < blocks; block++) {
            int from = block * BLOCK;
            largest[block] = quantise(values, from, Math.min(BLOCK, count - from), coded, block * BYTES_OF_BLOCK);
        }
        int first = (int) (fromElement / BLOCK);
        codes.write(first * BYTES_OF_BLOCK, coded, coded.length);
        absmax.rows(first, first + blocks).write(largest, 0);
    }

    /** Writes the 32 bytes of one block; what it is short of is zeros. Returns its absmax. */
    private static float quantise(float[] values, int from, int count, byte[] packed, int at) {
        float absmax = largest(values, from, count);
        // Nothing is divided by zero.
        float divisor = absmax == 0 ? 1 : absmax;
        for (int i = 0; i < BLOCK; i += 2) {
            int first = i < count ? code(values[from + i] / divisor) : ZERO;
            int second = i + 1 < count ? code(values[from + i + 1] / divisor) : ZERO;
            packed[at + i / 2] = (byte) (first << 4 | second);
        }
        return absmax;
    }

    /** The largest magnitude of some values. */
    static float largest(float[] values, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** How many bounds are below x, by halves. */
    private static int code(float x) {
        int code = x > BOUNDS[7] ? 8 : 0;
        code += x > BOUNDS[code + 3] ? 4 : 0;
        code += x > BOUNDS[code + 1] ? 2 : 0;
        return code + (x > BOUNDS[code] ? 1 : 0);
    }

    @Override
    public void read(long fromElement, float[] destination, int count) {
        checkElements(fromElement, destination.length, count);
        int first = (int) (fromElement / BLOCK);
        int blocks = (int) ((fromElement + count + BLOCK - 1) / BLOCK) - first;
        byte[] coded = new byte[blocks * BYTES_OF_BLOCK];
        readCodes(first, coded, blocks);
        float[] largest = absmax.rows(first, first + blocks).toArray();
        for (int i = 0; i < count; i++) {
            int element = (int) (fromElement - (long) first * BLOCK) + i;
            int both = coded[element / 2];
            int code = (element % 2 == 0 ? both >> 4 : both) & 15;
            destination[i] = VALUES[code] * largest[element / BLOCK];
        }
    }

    @Override
    public String toString() {
        return "Weight[" + rows + " x " + columns + ", NF4]";
    }
}
