package org.loradash.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Path;

/**
 * The bytes of a shard, big-endian:
 *
 * <pre>
 * frames   one a record, end to end:
 *            int     n, the bytes of the example
 *            int     CRC-32C of the record's number in the shard (long), n and what follows
 *            byte[n] the example, as its codec writes it
 * index    long[records]: where each frame begins
 * footer   see {@link Footer}
 * </pre>
 *
 * The index has no checksum of its own: a frame found through a wrong entry does not carry the record's number.
 */
final class ShardFormat {
    static final int FRAME_HEADER = 2 * Integer.BYTES;

    /** The most bytes of an example: its frame has to fit an array. */
    static final int MOST_BYTES = Integer.MAX_VALUE - FRAME_HEADER - 8;

    private static final long MAGIC = 0x4C44_544F_4B45_4E53L; // "LDTOKENS"
    private static final int VERSION = 2;

    private ShardFormat() {}

    /** The bytes of a frame of an example of so many bytes. */
    static int frameSize(int bytes) {
        return FRAME_HEADER + bytes;
    }

    /** The checksum of a frame whose length and payload lie in the buffer from its start. */
    static int checksum(long record, ByteBuffer frame, int length) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(record)
                .putInt(length)
                .flip());
        crc.update(frame.array(), FRAME_HEADER, frameSize(length) - FRAME_HEADER);
        return (int) crc.getValue();
    }

    /**
     * The last bytes of a shard.
     *
     * @param index where the index begins, and the frames end
     * @param size of all examples
     * @param weight of all examples
     * @param longest the size of the largest
     * @param mostBytes of an example
     */
    record Footer(long index, long records, long size, long weight, int longest, int mostBytes) {
        static final int SIZE = 4 * Long.BYTES + 4 * Integer.BYTES + Long.BYTES;

        ByteBuffer bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(SIZE)
                    .putLong(index)
                    .putLong(records)
                    .putLong(size)
                    .putLong(weight)
                    .putInt(longest)
                    .putInt(mostBytes)
                    .putInt(VERSION);
            return bytes.putInt(checksum(bytes)).putLong(MAGIC).flip();
        }

        /** @throws IOException when the bytes are not a footer of a shard of that many bytes */
        static Footer read(ByteBuffer bytes, Path shard, long fileLength) throws IOException {
            if (bytes.getLong(SIZE - Long.BYTES) != MAGIC) {
                throw new IOException(
                        shard + ": not a shard of records, or cut off (its last 8 bytes must be LDTOKENS)");
            }
            Footer footer = new Footer(
                    bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getInt(), bytes.getInt());
            int version = bytes.getInt();
            int checksum = checksum(bytes);
            if (bytes.getInt() != checksum) {
                throw new IOException(shard + ": damaged footer (wrong checksum)");
            }
            if (version != VERSION) {
                throw new IOException(shard + ": version " + version + " (must be " + VERSION + ")");
            }
            long indexBytes = fileLength - SIZE - footer.index;
            boolean fits = footer.index >= 0
                    && footer.records >= 0
                    && footer.records <= fileLength / Long.BYTES
                    && indexBytes == footer.records * Long.BYTES
                    && footer.mostBytes >= 0
                    && footer.mostBytes <= MOST_BYTES;
            if (!fits) {
                throw new IOException(shard + ": " + fileLength + " bytes, which is not what its footer describes");
            }
            return footer;
        }

        /** Of everything in the buffer before its position. */
        private static int checksum(ByteBuffer bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes.array(), 0, bytes.position());
            return (int) crc.getValue();
        }
    }
}
