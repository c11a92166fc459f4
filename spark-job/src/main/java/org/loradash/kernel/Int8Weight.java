package org.loradash.kernel;

import org.loradash.config.ModelSettings.Storage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix in 8 bits an element (LLM.int8(), arXiv 2208.07339, as bitsandbytes quantises by rows): absmax of a row is its
 * largest magnitude, an element's code the nearest whole number to x * 127 / absmax, half way the even one, and its value
 * code * (absmax / 127). A row of zeros stays one.
 */
public final class Int8Weight implements Weight {
    /** The largest code. */
    public static final float LARGEST = 127;

    private final int rows;
    private final int columns;
    private final Codes codes;
    private final Tensor absmax;

    private Int8Weight(int rows, int columns, Codes codes, Tensor absmax) {
        this.rows = rows;
        this.columns = columns;
        this.codes = codes;
        this.absmax = absmax;
    }

    static Int8Weight allocate(int rows, int columns) {
        checkSize(rows, columns);
        return new Int8Weight(rows, columns, Codes.allocate(rows, columns), Tensor.uninitialised(rows, 1));
    }

    static Int8Weight withoutMemory(int rows, int columns) {
        checkSize(rows, columns);
        return new Int8Weight(rows, columns, null, Tensor.withoutMemory(rows, 1));
    }

    private static void checkSize(int rows, int columns) {
        if ((long) rows * columns > Codes.MOST) {
            throw new IllegalArgumentException(
                    "weight: %d x %d (must have at most %d elements as int8)".formatted(rows, columns, Codes.MOST));
        }
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
        return Storage.INT8;
    }

    @Override
    public long bytes() {
        return size() + absmax.size() * Float.BYTES;
    }

    @Override
    public Int8Weight firstRows(int count) {
        checkRows(count);
        return new Int8Weight(count, columns, codes, absmax.rows(0, count));
    }

    /** The largest magnitude of each row, rows x 1. */
    public Tensor absmax() {
        return absmax;
    }

    /** Codes as ND4J sees them, of these rows at least. */
    public INDArray codes() {
        return codes.array();
    }

    /** Reads codes of elements from one on into destination[0 .. count). */
    public void readCodes(long fromElement, byte[] destination, int count) {
        codes.read((int) fromElement, destination, count);
    }

    @Override
    public int unit() {
        return columns;
    }

    @Override
    public void write(long fromElement, float[] values, int count) {
        checkElements(fromElement, values.length, count);
        checkUnits(fromElement, count);
        byte[] coded = new byte[count];
        float[] largest = new float[count / columns];
        for (int row = 0; row < largest.length; row++) {
            largest[row] = quantise(values, row * columns, columns, coded);
        }
        int first = (int) (fromElement / columns);
        codes.write((int) fromElement, coded, count);
        absmax.rows(first, first + largest.length).write(largest, 0);
    }

    /** Writes the codes of one row; returns its absmax. */
    private static float quantise(float[] values, int from, int count, byte[] codes) {
        float absmax = Nf4Weight.largest(values, from, count);
        float factor = LARGEST / absmax;
        for (int i = from; i < from + count; i++) {
            // Of numbers so small that the factor overflows, the quotient does not.
            float scaled = factor <= Float.MAX_VALUE ? values[i] * factor : values[i] / absmax * LARGEST;
            codes[i] = absmax == 0 ? 0 : (byte) Math.rint(scaled);
        }
        return absmax;
    }

    @Override
    public void read(long fromElement, float[] destination, int count) {
        checkElements(fromElement, destination.length, count);
        byte[] coded = new byte[count];
        readCodes(fromElement, coded, count);
        float[] largest = absmax.toArray();
        for (int i = 0; i < count; i++) {
            destination[i] = coded[i] * (largest[(int) ((fromElement + i) / columns)] / LARGEST);
        }
    }

    @Override
    public String toString() {
        return "Weight[" + rows + " x " + columns + ", INT8]";
    }
}
