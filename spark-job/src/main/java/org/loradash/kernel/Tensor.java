package org.loradash.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A float32 matrix, row-major and without gaps, in ND4J's memory: what every operation reads and writes.
 *
 * <p>A tensor is a window on memory that somebody else owns (an arena, a parameter vector); it frees nothing.
 */
public final class Tensor {
    private final INDArray array;
    private final int rows;
    private final int columns;
    private ByteBuffer bytes;
    private FloatBuffer floats;

    private Tensor(INDArray array, int rows, int columns) {
        this.array = array;
        this.rows = rows;
        this.columns = columns;
    }

    /** New memory of zeros, rows x columns. */
    public static Tensor zeros(int rows, int columns) {
        NativeLibrary.select();
        return new Tensor(Nd4j.zeros(DataType.FLOAT, rows, columns), rows, columns);
    }

    /** New memory that holds the values, row by row. */
    public static Tensor of(int rows, int columns, float... values) {
        Tensor tensor = zeros(rows, columns);
        tensor.write(values, 0);
        return tensor;
    }

    /**
     * A window on an array's memory.
     *
     * @param array float32, c-ordered, without gaps, with rows x columns elements
     */
    public static Tensor over(INDArray array, int rows, int columns) {
        if (array.dataType() != DataType.FLOAT || array.length() != (long) rows * columns) {
            throw new IllegalArgumentException("array: %s of %d elements (must be float32 of %d x %d)"
                    .formatted(array.dataType(), array.length(), rows, columns));
        }
        return view(array, 0, rows, columns);
    }

    private static Tensor view(INDArray array, long offset, int rows, int columns) {
        return new Tensor(
                Nd4j.create(
                        array.data(),
                        new long[] {rows, columns},
                        new long[] {columns, 1},
                        array.offset() + offset,
                        'c'),
                rows,
                columns);
    }

    /** The same memory from an element on, seen as rows x columns. */
    public Tensor window(long fromElement, int windowRows, int windowColumns) {
        if (fromElement < 0 || fromElement + (long) windowRows * windowColumns > size()) {
            throw new IllegalArgumentException("window: %d + %d x %d elements (must lie within %d x %d)"
                    .formatted(fromElement, windowRows, windowColumns, rows, columns));
        }
        return view(array, fromElement, windowRows, windowColumns);
    }

    /** Rows from (inclusive) to (exclusive) of the same memory. */
    public Tensor rows(int from, int to) {
        return window((long) from * columns, to - from, columns);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public long size() {
        return (long) rows * columns;
    }

    /** The matrix as ND4J sees it, rows x columns. */
    public INDArray array() {
        return array;
    }

    /** The memory itself, in native order, where it is the host's and smaller than 2 GiB. */
    public ByteBuffer bytes() {
        if (bytes == null) {
            BytePointer pointer = new BytePointer(array.data().addressPointer());
            bytes = pointer.capacity(Math.multiplyExact(size(), (long) Float.BYTES))
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
        }
        return bytes;
    }

    /** Writes all elements from values[from ..]. */
    public void write(float[] values, int from) {
        floats().put(0, values, from, Math.toIntExact(size()));
        Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
    }

    /** Reads all elements into destination[from ..]. */
    public void read(float[] destination, int from) {
        Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
        floats().get(0, destination, from, Math.toIntExact(size()));
    }

    public float[] toArray() {
        float[] values = new float[Math.toIntExact(size())];
        read(values, 0);
        return values;
    }

    public void fill(float value) {
        array.assign(value);
    }

    /** The memory as float32, under the conditions of {@link #bytes}. */
    FloatBuffer floats() {
        if (floats == null) {
            floats = bytes().asFloatBuffer();
        }
        return floats;
    }

    @Override
    public String toString() {
        return "Tensor[" + rows + " x " + columns + "]";
    }
}
