package org.loradash.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Bytes that stand for a quantised matrix's elements, in ND4J's memory. Threads may write different ones at once. */
final class Codes {
    /** What one buffer of bytes can show. */
    static final long MOST = 1 << 30;

    private final INDArray array;
    private final ByteBuffer bytes;

    private Codes(INDArray array, ByteBuffer bytes) {
        this.array = array;
        this.bytes = bytes;
    }

    /** New memory of rows x columns bytes. */
    static Codes allocate(int rows, int columns) {
        NativeLibrary.select();
        INDArray array = Nd4j.createUninitialized(DataType.BYTE, rows, columns);
        return new Codes(array, Device.isGpu() ? null : host(array));
    }

    private static ByteBuffer host(INDArray array) {
        return new BytePointer(array.data().addressPointer())
                .position(array.offset())
                .limit(array.offset() + array.length())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /** The bytes as ND4J sees them. */
    INDArray array() {
        return array;
    }

    void write(int from, byte[] values, int count) {
        if (Device.isGpu()) {
            writeByNd4j(from, values, count);
        } else {
            bytes.put(from, values, 0, count);
        }
    }

    /** Through an array of these values alone, as {@link Tensor#writeByNd4j}. */
    void writeByNd4j(int from, byte[] values, int count) {
        if (count > 0) {
            some(from, count).assign(Nd4j.createFromArray(Arrays.copyOf(values, count)));
        }
    }

    /** Reads bytes from one on into destination[0 .. count). */
    void read(int from, byte[] destination, int count) {
        if (Device.isGpu()) {
            readByNd4j(from, destination, count);
        } else {
            bytes.get(from, destination, 0, count);
        }
    }

    void readByNd4j(int from, byte[] destination, int count) {
        if (count > 0) {
            INDArray copy = some(from, count).dup('c');
            Nd4j.getAffinityManager().ensureLocation(copy, Location.HOST);
            host(copy).get(0, destination, 0, count);
        }
    }

    private INDArray some(int from, int count) {
        return Nd4j.create(array.data(), new long[] {count}, new long[] {1}, array.offset() + from, 'c');
    }
}
