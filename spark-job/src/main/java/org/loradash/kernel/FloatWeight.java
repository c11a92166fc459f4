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

/** A weight each of whose elements is held as float32, bfloat16 or float16; it may be larger than 2 GiB. */
public final class FloatWeight implements Weight {
    private static final int LARGEST_BLOCK = 1 << 30;

    private final INDArray array;
    private final Storage storage;
    private final int rows;
    private final int columns;
    private final int rowsInBlock;
    private final ByteBuffer[] blocks;

    private FloatWeight(INDArray array, Storage storage, int rows, int columns) {
        this.array = array;
        this.storage = storage;
        this.rows = rows;
        this.columns = columns;
        this.rowsInBlock = Math.min(rows, LARGEST_BLOCK / rowBytes());
        this.blocks = new ByteBuffer[(rows + rowsInBlock - 1) / rowsInBlock];
    }

    static FloatWeight allocate(int rows, int columns, Storage storage) {
        checkRow(columns, storage);
        NativeLibrary.select();
        DataType type =
                switch (storage) {
                    case FLOAT32 -> DataType.FLOAT;
                    case BFLOAT16 -> DataType.BFLOAT16;
                    case FLOAT16 -> DataType.HALF;
                    case INT8, NF4 -> throw notHere(storage);
                };
        return new FloatWeight(Nd4j.createUninitialized(type, rows, columns), storage, rows, columns);
    }

    static FloatWeight withoutMemory(int rows, int columns, Storage storage) {
        checkRow(columns, storage);
        return new FloatWeight(null, storage, rows, columns);
    }

    private static void checkRow(int columns, Storage storage) {
        if ((long) columns * elementBytes(storage) > LARGEST_BLOCK) {
            throw new IllegalArgumentException(
                    "weight: rows of %d (must have at most %d bytes)".formatted(columns, LARGEST_BLOCK));
        }
    }

    private static IllegalArgumentException notHere(Storage storage) {
        return new IllegalArgumentException("storage: " + storage + " (must be a floating-point type)");
    }

    @Override
    public FloatWeight firstRows(int count) {
        checkRows(count);
        INDArray first = array == null ? null : array.get(NDArrayIndex.interval(0, count), NDArrayIndex.all());
        return new FloatWeight(first, storage, count, columns);
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
        return storage;
    }

    @Override
    public long bytes() {
        return size() * elementBytes(storage);
    }

    /** The matrix as ND4J sees it, in its storage type. */
    public INDArray array() {
        return array;
    }

    @Override
    public Optional<Tensor> plain() {
        if (storage != Storage.FLOAT32) {
            return Optional.empty();
        }
        return Optional.of(array == null ? Tensor.withoutMemory(rows, columns) : Tensor.over(array, rows, columns));
    }

    @Override
    public int unit() {
        return 1;
    }

    /** Each element is rounded to the nearest that the storage holds, ties to even. */
    @Override
    public void write(long fromElement, float[] values, int count) {
        checkElements(fromElement, values.length, count);
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
                case INT8, NF4 -> throw notHere(storage);
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
                case INT8, NF4 -> throw notHere(storage);
            };
        }
        elements(fromElement, count).assign(Nd4j.create(rounded, new long[] {1, count}, DataType.FLOAT));
    }

    /** Elements of the matrix as ND4J sees them, 1 x count. */
    private INDArray elements(long fromElement, int count) {
        return Nd4j.create(
                array.data(), new long[] {1, count}, new long[] {count, 1}, array.offset() + fromElement, 'c');
    }

    @Override
    public void read(long fromElement, float[] destination, int count) {
        checkElements(fromElement, destination.length, count);
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
                case INT8, NF4 -> throw notHere(storage);
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
