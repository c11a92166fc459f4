package org.loradash.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.tsd.io.HalfPrecision;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A frozen weight matrix, row-major, held as float32, bfloat16 or float16; it may be larger than 2 GiB. */
public final class Weight {
    private static final int LARGEST_BLOCK = 1 << 30;

    private final INDArray array;
    private final Storage storage;
    private final int rows;
    private final int columns;
    private final int rowsInBlock;
    private final ByteBuffer[] blocks;

    private Weight(INDArray array, Storage storage, int rows, int columns) {
        this.array = array;
        this.storage = storage;
        this.rows = rows;
        this.columns = columns;
        this.rowsInBlock = Math.min(rows, LARGEST_BLOCK / rowBytes());
        this.blocks = new ByteBuffer[(rows + rowsInBlock - 1) / rowsInBlock];
    }

    /**
     * New memory, rows x columns, not yet written.
     *
     * @throws IllegalArgumentException if a row is longer than 1 GiB
     */
    public static Weight allocate(int rows, int columns, Storage storage) {
        checkSides(rows, columns, storage);
        NativeLibrary.select();
        DataType type =
                switch (storage) {
                    case FLOAT32 -> DataType.FLOAT;
                    case BFLOAT16 -> DataType.BFLOAT16;
                    case FLOAT16 -> DataType.HALF;
                };
        return new Weight(Nd4j.createUninitialized(type, rows, columns), storage, rows, columns);
    }

    /** A shape with no memory behind it, as {@link Tensor#withoutMemory}. */
    public static Weight withoutMemory(int rows, int columns, Storage storage) {
        checkSides(rows, columns, storage);
        return new Weight(null, storage, rows, columns);
    }

    private static void checkSides(int rows, int columns, Storage storage) {
        if (rows < 1 || columns < 1 || (long) columns * elementBytes(storage) > LARGEST_BLOCK) {
            throw new IllegalArgumentException("weight: %d x %d (must be at least 1 x 1, with rows of at most %d bytes)"
                    .formatted(rows, columns, LARGEST_BLOCK));
        }
    }

    /** The first rows on the same memory. */
    public Weight firstRows(int count) {
        if (count < 1 || count > rows) {
            throw new IllegalArgumentException("rows: %d (must be from 1 to %d)".formatted(count, rows));
        }
        INDArray first = array == null ? null : array.get(NDArrayIndex.interval(0, count), NDArrayIndex.all());
        return new Weight(first, storage, count, columns);
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

    public Storage storage() {
        return storage;
    }

    /** The memory of all elements. */
    public long bytes() {
        return size() * elementBytes(storage);
    }

    /** The matrix as ND4J sees it, in its storage type. */
    public INDArray array() {
        return array;
    }

    /** The same memory as a tensor, where it is held as float32: a product with it copies nothing. */
    public Optional<Tensor> plain() {
        if (storage != Storage.FLOAT32) {
            return Optional.empty();
        }
        return Optional.of(array == null ? Tensor.withoutMemory(rows, columns) : Tensor.over(array, rows, columns));
    }

    /**
     * Writes values[0 .. count) from an element on, each rounded to the nearest that the storage holds, ties to even.
     * Threads may write different elements at once.
     */
    public void write(long fromElement, float[] values, int count) {
        checkRange(fromElement, values.length, count);
        if (Device.isGpu()) {
            writeByNd4j(fromElement, values, count);
            return;
        }
        for (int done = 0; done < count; ) {
            Place place = place(fromElement + done, count - done);
            ByteBuffer bytes = block(place.block());
            switch (storage) {
                case FLOAT32 -> bytes.asFloatBuffer().put(place.element(), values, done, place.count());
                case BFLOAT16 -> {
                    for (int i = 0; i < place.count(); i++) {
                        bytes.putShort(2 * (place.element() + i), HalfPrecision.toBfloat16(values[done + i]));
                    }
                }
                case FLOAT16 -> {
                    for (int i = 0; i < place.count(); i++) {
                        bytes.putShort(2 * (place.element() + i), HalfPrecision.toFloat16(values[done + i]));
                    }
                }
            }
            done += place.count();
        }
    }

    /** Rounds here, so that the device's conversion to the storage's type has nothing left to round. */
    void writeByNd4j(long fromElement, float[] values, int count) {
        if (count == 0) {
            return;
        }
        float[] rounded = Arrays.copyOf(values, count);
        for (int i = 0; i < count; i++) {
            rounded[i] = switch (storage) {
                case FLOAT32 -> rounded[i];
                case BFLOAT16 -> HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(rounded[i]));
                case FLOAT16 -> HalfPrecision.ofFloat16(HalfPrecision.toFloat16(rounded[i]));
            };
        }
        elements(fromElement, count).assign(Nd4j.create(rounded, new long[] {1, count}, DataType.FLOAT));
    }

    /** Elements of the matrix as ND4J sees them, 1 x count. */
    private INDArray elements(long fromElement, int count) {
        return Nd4j.create(
                array.data(), new long[] {1, count}, new long[] {count, 1}, array.offset() + fromElement, 'c');
    }

    /** Reads elements from one on into destination[0 .. count), exactly. */
    public void read(long fromElement, float[] destination, int count) {
        checkRange(fromElement, destination.length, count);
        if (Device.isGpu()) {
            readByNd4j(fromElement, destination, count);
            return;
        }
        for (int done = 0; done < count; ) {
            Place place = place(fromElement + done, count - done);
            ByteBuffer bytes = block(place.block());
            switch (storage) {
                case FLOAT32 -> bytes.asFloatBuffer().get(place.element(), destination, done, place.count());
                case BFLOAT16 -> {
                    for (int i = 0; i < place.count(); i++) {
                        destination[done + i] = HalfPrecision.ofBfloat16(bytes.getShort(2 * (place.element() + i)));
                    }
                }
                case FLOAT16 -> {
                    for (int i = 0; i < place.count(); i++) {
                        destination[done + i] = HalfPrecision.ofFloat16(bytes.getShort(2 * (place.element() + i)));
                    }
                }
            }
            done += place.count();
        }
    }

    void readByNd4j(long fromElement, float[] destination, int count) {
        if (count > 0) {
            INDArray floats = elements(fromElement, count).castTo(DataType.FLOAT);
            Tensor.over(floats, 1, count).readByNd4j(destination, 0);
        }
    }

    /** The block of memory that holds a row, in native order: a row never lies in two blocks. */
    public ByteBuffer blockOfRow(int row) {
        return block(row / rowsInBlock);
    }

    /** Where a row begins in its block, in bytes. */
    public int byteOfRow(int row) {
        return row % rowsInBlock * rowBytes();
    }

    /** How many rows lie in one block, but perhaps in the last. */
    public int rowsInBlock() {
        return rowsInBlock;
    }

    private record Place(int block, int element, int count) {}

    private Place place(long fromElement, int atMost) {
        long blockElements = (long) rowsInBlock * columns;
        int block = Math.toIntExact(fromElement / blockElements);
        int element = (int) (fromElement % blockElements);
        return new Place(block, element, (int) Math.min(atMost, blockElements - element));
    }

    /** Made when first asked for; two threads that ask at once make equal ones. */
    private ByteBuffer block(int index) {
        ByteBuffer block = blocks[index];
        if (block == null) {
            int blockRows = Math.min(rowsInBlock, rows - index * rowsInBlock);
            long from = (long) index * rowsInBlock * rowBytes();
            block = new BytePointer(array.data().addressPointer())
                    .position(from)
                    .limit(from + (long) blockRows * rowBytes())
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
            blocks[index] = block;
        }
        return block;
    }

    private void checkRange(long fromElement, int length, int count) {
        if (fromElement < 0 || count < 0 || count > length || fromElement + count > size()) {
            throw new IllegalArgumentException("elements: %d from %d on, %d values (must lie within %d x %d)"
                    .formatted(count, fromElement, length, rows, columns));
        }
    }

    private int rowBytes() {
        return columns * elementBytes(storage);
    }

    private static int elementBytes(Storage storage) {
        return storage == Storage.FLOAT32 ? Float.BYTES : Short.BYTES;
    }

    @Override
    public String toString() {
        return "Weight[" + rows + " x " + columns + ", " + storage + "]";
    }
}
