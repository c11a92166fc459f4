package org.loradash.data;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.data.ShardFormat.Footer;

/** One shard, read by record with positioned reads; any number of threads may read. */
final class RecordShard<E> implements Closeable {
    /** Index entries that are read and kept together. */
    private static final int BLOCK = 4096;

    private final Path path;
    private final FSDataInputStream in;
    private final Footer footer;
    private final Codec<E> codec;

    /** Blocks of the index, each with the end of its last frame; null until a record of it is read. */
    private final AtomicReferenceArray<long[]> blocks;

    private RecordShard(Path path, FSDataInputStream in, Footer footer, Codec<E> codec) {
        this.path = path;
        this.in = in;
        this.footer = footer;
        this.codec = codec;
        this.blocks = new AtomicReferenceArray<>(Math.toIntExact((footer.records() + BLOCK - 1) / BLOCK));
    }

    /** @throws IOException when the file is not a whole shard */
    static <E> RecordShard<E> open(FileSystem files, Path path, Codec<E> codec) throws IOException {
        long length = files.getFileStatus(path).getLen();
        if (length < Footer.SIZE) {
            throw new IOException(path + ": " + length + " bytes (a shard has at least " + Footer.SIZE + ")");
        }
        FSDataInputStream in = files.open(path);
        boolean opened = false;
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Footer.SIZE);
            in.readFully(length - Footer.SIZE, bytes.array());
            RecordShard<E> shard = new RecordShard<>(path, in, Footer.read(bytes, path, length), codec);
            opened = true;
            return shard;
        } finally {
            if (!opened) {
                in.close();
            }
        }
    }

    Footer footer() {
        return footer;
    }

    /**
     * @param record its number in this shard
     * @throws IOException when the record's bytes are not those that were written
     */
    E read(long record) throws IOException {
        long[] block = block((int) (record / BLOCK));
        int entry = (int) (record % BLOCK);
        long size = block[entry + 1] - block[entry];
        if (block[entry] < 0
                || block[entry + 1] > footer.index()
                || size < ShardFormat.FRAME_HEADER
                || size > ShardFormat.frameSize(footer.mostBytes())) {
            throw damaged(record, "its place in the index");
        }
        ByteBuffer frame = ByteBuffer.allocate((int) size);
        try {
            in.readFully(block[entry], frame.array());
        } catch (EOFException cut) {
            throw damaged(record, "its end");
        }
        int length = frame.getInt();
        int checksum = frame.getInt();
        if (length < 0 || length > footer.mostBytes() || ShardFormat.frameSize(length) != size) {
            throw damaged(record, "its length");
        }
        if (checksum != ShardFormat.checksum(record, frame, length)) {
            throw damaged(record, "its checksum");
        }
        try {
            return codec.read(frame);
        } catch (IllegalArgumentException other) {
            throw damaged(record, "its example");
        }
    }

    private IOException damaged(long record, String what) {
        return new IOException(path + ": record " + record + " is damaged (" + what + " is wrong)");
    }

    private long[] block(int number) throws IOException {
        long[] block = blocks.get(number);
        if (block == null) {
            long first = (long) number * BLOCK;
            int entries = (int) Math.min(BLOCK, footer.records() - first);
            ByteBuffer bytes = ByteBuffer.allocate((entries + 1) * Long.BYTES);
            // The entry after the last one is the end of the frames.
            bytes.putLong(entries * Long.BYTES, footer.index());
            int stored = first + entries < footer.records() ? entries + 1 : entries;
            in.readFully(footer.index() + first * Long.BYTES, bytes.array(), 0, stored * Long.BYTES);
            block = new long[entries + 1];
            bytes.asLongBuffer().get(block);
            blocks.set(number, block);
        }
        return block;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
