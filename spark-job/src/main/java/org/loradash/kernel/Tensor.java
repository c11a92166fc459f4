package org.loradash.kernel;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A float32 matrix, row-major, in ND4J's memory: what every operation reads and writes. Its rows lie one behind the other
 * ("dense"), or with a fixed gap where it is some columns of a wider one.
 *
 * <p>A tensor is a window on memory that somebody else owns (an arena, a parameter vector); it frees nothing.
 */
public final class Tensor {
    private final INDArray memory;
    private final long offset;
    private final int rows;
    private final int columns;
    private final int stride;
    private INDArray array;
    private FloatBuffer floats;
    private FloatPointer pointer;

    /** @param offset of the first element, in elements from the memory's first */
    private Tensor(INDArray memory, long offset, int rows, int columns, int stride) {
        this.memory = memory;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
    }

    /** New memory of zeros, rows x columns. */
    public static Tensor zeros(int rows, int columns) {
        NativeLibrary.select();
        return new Tensor(Nd4j.zeros(DataType.FLOAT, rows, columns), 0, rows, columns, columns);
    }

    /** New memory of unknown content; ND4J touches all of it, so that the system gives it at once. */
    public static Tensor uninitialised(int rows, int columns) {
        NativeLibrary.select();
        return new Tensor(Nd4j.createUninitialized(DataType.FLOAT, rows, columns), 0, rows, columns, columns);
    }

    /**
     * A shape with no memory behind it, to find out with {@link Kernels#dry} what a computation would take. Parts of it have
     * none either; it is neither read nor written.
     */
    public static Tensor withoutMemory(int rows, int columns) {
        return new Tensor(null, 0, rows, columns, columns);
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
        return new Tensor(array, 0, rows, columns, columns);
    }

    /**
     * Tensors that lie one behind the other in one memory, as one.
     *
     * @param parts dense, with as many columns each
     * @throws IllegalArgumentException where they do not lie so
     */
    public static Tensor spanning(List<Tensor> parts) {
        Tensor first = parts.get(0);
        int rows = 0;
        for (Tensor part : parts) {
            boolean next = part.memory == first.memory
                    && part.offset == first.offset + (long) rows * first.columns
                    && part.columns == first.columns
                    && part.isDense();
            if (!next) {
                throw new IllegalArgumentException(
                        "tensors: %s after %d rows of %s (must follow in memory)".formatted(part, rows, first));
            }
            rows = Math.addExact(rows, part.rows);
        }
        return new Tensor(first.memory, first.offset, rows, first.columns, first.columns);
    }

    /** The same memory from an element on, seen as rows x columns; this tensor must be dense. */
    public Tensor window(long fromElement, int windowRows, int windowColumns) {
        if (fromElement < 0 || fromElement + (long) windowRows * windowColumns > size() || !isDense()) {
            throw new IllegalArgumentException("window: %d + %d x %d elements (must lie within a dense %d x %d)"
                    .formatted(fromElement, windowRows, windowColumns, rows, columns));
        }
        return new Tensor(memory, offset + fromElement, windowRows, windowColumns, windowColumns);
    }

    /** Rows from (inclusive) to (exclusive) of the same memory. */
    public Tensor rows(int from, int to) {
        checkRange("rows", from, to, rows);
        return new Tensor(memory, offset + (long) from * stride, to - from, columns, stride);
    }

    /** Columns from (inclusive) to (exclusive) of the same memory. */
    public Tensor columns(int from, int to) {
        checkRange("columns", from, to, columns);
        return new Tensor(memory, offset + from, rows, to - from, stride);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Elements from the beginning of one row to that of the next: columns, or more. */
    public int stride() {
        return stride;
    }

    /** Whether the rows lie one behind the other, without gaps. */
    public boolean isDense() {
        return stride == columns || rows <= 1;
    }

    public long size() {
        return (long) rows * columns;
    }

    /** The matrix as ND4J sees it, rows x columns. */
    public INDArray array() {
        if (array == null) {
            array = Nd4j.create(
                    memory.data(),
                    new long[] {rows, columns},
                    new long[] {isDense() ? columns : stride, 1},
                    memory.offset() + offset,
                    'c');
        }
        return array;
    }

    /** Gives memory back at once that this tensor, and no window on it, was made with; it is not used again. */
    public void free() {
        if (memory != null) {
            memory.close();
        }
    }

    /** Writes all elements of a dense tensor from values[from ..]. */
    public void write(float[] values, int from) {
        checkDense();
        if (memory == null) {
            return;
        }
        if (Device.isGpu()) {
            writeByNd4j(values, from);
        } else {
            floats().put(0, values, from, Math.toIntExact(size()));
        }
    }

    /** Through an array of these values alone: the host's copy of the whole memory may be older than the device's. */
    void writeByNd4j(float[] values, int from) {
        if (size() > 0) {
            float[] these = Arrays.copyOfRange(values, from, from + Math.toIntExact(size()));
            array().assign(Nd4j.create(these, new long[] {rows, columns}, DataType.FLOAT));
        }
    }

    /** Reads all elements, row by row, into destination[from ..]. */
    public void read(float[] destination, int from) {
        if (Device.isGpu()) {
            readByNd4j(destination, from);
            return;
        }
        for (int row = 0; row < rows; row++) {
            floats().get(row * stride, destination, from + row * columns, columns);
        }
    }

    /** Through a copy of these elements alone, which is what then goes from the device to the host. */
    void readByNd4j(float[] destination, int from) {
        if (size() > 0) {
            INDArray copy = array().dup('c');
            Nd4j.getAffinityManager().ensureLocation(copy, Location.HOST);
            over(copy, rows, columns).floats().get(0, destination, from, Math.toIntExact(size()));
        }
    }

    /** All elements, row by row. */
    public float[] toArray() {
        float[] values = new float[Math.toIntExact(size())];
        read(values, 0);
        return values;
    }

    public void fill(float value) {
        if (memory != null) {
            array().assign(value);
        }
    }

    /** The memory from the first element to the last, gaps included, where it is the host's and below 2 GiB. */
    public FloatBuffer floats() {
        if (floats == null) {
            BytePointer bytes = new BytePointer(memory.data().addressPointer()).position(offset * Float.BYTES);
            floats = bytes.limit(bytes.position() + Math.multiplyExact(extent(), (long) Float.BYTES))
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }
        return floats;
    }

    /** The address of the first element in the host's memory. */
    public FloatPointer pointer() {
        if (pointer == null) {
            pointer = new FloatPointer(memory.data().addressPointer()).position(offset);
        }
        return pointer;
    }

    /**
     * Whether an element of this tensor and one of the other are the same memory. Columns of one matrix that lie between
     * each other's do not overlap; of tensors with gaps of different lengths it is true wherever they lie among each other.
     */
    public boolean overlaps(Tensor other) {
        boolean known = memory != null && other.memory != null && (memory == other.memory || !Device.isGpu());
        if (!known || size() == 0 || other.size() == 0) {
            return false;
        }
        long apart = memory == other.memory ? other.offset - offset : (other.address() - address()) / Float.BYTES;
        long from = Math.max(0, apart);
        long to = Math.min(extent(), apart + other.extent());
        if (from >= to) {
            return false;
        }
        if (isDense()) {
            return other.isDense() || other.meets(from - apart, to - from);
        }
        return other.isDense() ? meets(from, to - from) : stride != other.stride || meets(apart, other.columns);
    }

    /** Whether the two are the same elements in the same places. */
    boolean isSameAs(Tensor other) {
        return memory == other.memory
                && offset == other.offset
                && rows == other.rows
                && columns == other.columns
                && stride == other.stride;
    }

    /** Whether neighbouring elements, the first of which lies so far behind this tensor's, are not all in one gap. */
    private boolean meets(long apart, long neighbours) {
        long inRow = Math.floorMod(apart, stride);
        return inRow < columns || inRow + neighbours > stride;
    }

    private long address() {
        return memory.data().addressPointer().address() + offset * Float.BYTES;
    }

    /** Elements from the first to the last, gaps included. */
    private long extent() {
        return rows == 0 ? 0 : (long) (rows - 1) * stride + columns;
    }

    private void checkDense() {
        if (!isDense()) {
            throw new IllegalArgumentException(this + " (must be dense)");
        }
    }

    private static void checkRange(String what, int from, int to, int limit) {
        if (from < 0 || to < from || to > limit) {
            throw new IllegalArgumentException("%s: [%d, %d) (must lie within %d)".formatted(what, from, to, limit));
        }
    }

    @Override
    public String toString() {
        return "Tensor[" + rows + " x " + columns + (isDense() ? "" : ", stride " + stride) + "]";
    }
}
