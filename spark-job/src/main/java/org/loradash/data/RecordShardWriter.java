package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.data.ShardFormat.Footer;
import org.loradash.tsd.io.WholeFile;

/**
 * Writes one shard of a {@link RecordStore}. The shard appears under its name when {@link #commit} renames it, whole;
 * until then, and when the writer is closed without, there is only a file under another name. Attempts at the same
 * shard do not disturb one another: they write the same bytes, and either may be the one that stays.
 */
public final class RecordShardWriter<E> implements Closeable {
    private final FileSystem files;
    private final Path shard;
    private final Path unfinished;
    private final FSDataOutputStream out;
    private final Codec<E> codec;
    private ByteBuffer frame = ByteBuffer.allocate(ShardFormat.frameSize(4096));
    private long[] index = new long[1024];
    private int records;
    private long size;
    private long weight;
    private int longest;
    private int mostBytes;
    private boolean closed;

    private RecordShardWriter(FileSystem files, Path shard, Codec<E> codec) throws IOException {
        this.files = files;
        this.shard = shard;
        this.codec = codec;
        this.unfinished = new Path(shard.getParent(), "." + shard.getName() + "." + UUID.randomUUID());
        this.out = files.create(unfinished, false);
    }

    /** @param shard the shard's path: {@link RecordStore#shard} */
    public static <E> RecordShardWriter<E> create(FileSystem files, Path shard, Codec<E> codec) throws IOException {
        return new RecordShardWriter<>(files, shard, codec);
    }

    /** Appends a record. */
    public void write(E example) throws IOException {
        int bytes = codec.bytes(example);
        if (bytes > ShardFormat.MOST_BYTES) {
            throw new IllegalArgumentException(
                    bytes + " bytes in a record (must be at most " + ShardFormat.MOST_BYTES + ")");
        }
        int frameSize = ShardFormat.frameSize(bytes);
        if (frameSize > frame.capacity()) {
            frame = ByteBuffer.allocate(frameSize);
        }
        frame.clear().position(ShardFormat.FRAME_HEADER);
        codec.write(example, frame);
        frame.putInt(0, bytes).putInt(Integer.BYTES, ShardFormat.checksum(records, frame, bytes));

        if (records == index.length) {
            index = Arrays.copyOf(index, Math.multiplyExact(2, records));
        }
        index[records++] = out.getPos();
        try {
            out.write(frame.array(), 0, frameSize);
        } catch (IOException e) {
            throw failed(e);
        }
        size += codec.size(example);
        weight += codec.weight(example);
        longest = Math.max(longest, codec.size(example));
        mostBytes = Math.max(mostBytes, bytes);
    }

    /** Finishes the shard and puts it in place, over an earlier one of that name. */
    public void commit() throws IOException {
        try {
            finish();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Which file it was: file systems do not tell. */
    private IOException failed(IOException cause) {
        return new IOException(shard + ": " + cause.getMessage(), cause);
    }

    private void finish() throws IOException {
        Footer footer = new Footer(out.getPos(), records, size, weight, longest, mostBytes);
        for (int record = 0; record < records; record++) {
            out.writeLong(index[record]);
        }
        out.write(footer.bytes().array());
        WholeFile.sync(out);
        out.close();
        files.delete(shard, false);
        // On most file systems a rename refuses to replace a file; one that is there now is another attempt's.
        if (!files.rename(unfinished, shard) && !files.exists(shard)) {
            throw new IOException(unfinished + ": cannot be renamed to " + shard.getName());
        }
        files.delete(unfinished, false);
        closed = true;
    }

    /**
     * What was written.
     *
     * @param sha256 of the file that the records came from
     * @param dropped what of them is not in the shard
     */
    public ShardSummary summary(String sha256, Dropped dropped) {
        return new ShardSummary.Written(records, size, weight, longest, sha256, dropped);
    }

    /** Removes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                out.close();
            } finally {
                files.delete(unfinished, false);
            }
        }
    }
}
