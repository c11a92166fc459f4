package org.loradash.tsd.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A tensor and where its elements lie in its file.
 *
 * @param block the run of bytes that holds them
 * @param offset of the first element, in bytes from the block's beginning
 * @param strides how many elements lie from one index of a dimension to the next, outermost first
 */
record StoredTensor(TensorInfo info, Block block, long offset, long[] strides) {
    private static final int PIECE = 1 << 22;

    /** A run of bytes of a file. */
    interface Block {
        /** The position of its first byte in the file. */
        long begin(FSDataInputStream file) throws IOException;
    }

    /** A tensor that lies in row-major order, without gaps. */
    static StoredTensor dense(TensorInfo info, Block block, long offset) {
        return new StoredTensor(info, block, offset, denseStrides(info.shape()));
    }

    private static long[] denseStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
            strides[dimension] = stride;
            stride *= shape[dimension];
        }
        return strides;
    }

    /** The byte after its last, counted as the offset is, of a dense one. */
    long end() {
        return offset + info.bytes();
    }

    /**
     * Reads elements as they are in the file, one behind the other.
     *
     * @param from the first one's number, in row-major order
     * @param to where in the destination they begin
     */
    void read(FSDataInputStream file, long from, int elements, byte[] destination, int to) throws IOException {
        long begin = block.begin(file) + offset;
        int width = info.type().bytes();
        if (isDense()) {
            file.readFully(begin + from * width, destination, to, elements * width);
        } else if (elements > 0) {
            pick(file, begin, from, elements, ByteBuffer.wrap(destination, to, elements * width));
        }
    }

    private boolean isDense() {
        long[] shape = info.shape();
        long[] dense = denseStrides(shape);
        // A dimension of one index is never stepped along.
        return IntStream.range(0, shape.length)
                .allMatch(dimension -> shape[dimension] <= 1 || strides[dimension] == dense[dimension]);
    }

    /** Reads all that lies between the elements, a piece at a time, and takes from it what is theirs. */
    private void pick(FSDataInputStream file, long begin, long from, int elements, ByteBuffer destination)
            throws IOException {
        long[] shape = info.shape();
        int width = info.type().bytes();
        long[] places = LongStream.range(from, from + elements)
                .map(element -> place(shape, element))
                .toArray();
        long low = LongStream.of(places).min().orElseThrow();
        long high = LongStream.of(places).max().orElseThrow();
        byte[] piece = new byte[(int) Math.min(PIECE, high - low + 1) * width];
        for (long first = low; first <= high; first += PIECE) {
            int length = (int) Math.min(PIECE, high - first + 1);
            file.readFully(begin + first * width, piece, 0, length * width);
            for (int i = 0; i < elements; i++) {
                if (places[i] >= first && places[i] < first + length) {
                    destination.put(
                            destination.position() + i * width, piece, (int) (places[i] - first) * width, width);
                }
            }
        }
    }

    /** Where an element of a number in row-major order lies, in elements from the first. */
    private long place(long[] shape, long element) {
        long left = element;
        long place = 0;
        for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
            place += left % shape[dimension] * strides[dimension];
            left /= shape[dimension];
        }
        return place;
    }

    /** The same under another name. */
    StoredTensor named(String name) {
        return new StoredTensor(new TensorInfo(name, info.type(), info.shape()), block, offset, strides);
    }
}
