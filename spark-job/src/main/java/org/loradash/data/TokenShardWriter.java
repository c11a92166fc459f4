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
 * Writes one shard of a {@link TokenStore}. The shard appears under its name when {@link #commit} renames it, whole;
 * until then, and when the writer is closed without, there is only a file under another name. Attempts at the same
 * shard do not disturb one another: they write the same bytes, and either may be the one that stays.
 */
public final class TokenShardWriter implements Closeable {
    private final FileSystem files;
    private final Path shard;
    private final Path unfinished;
    private final FSDataOutputStream out;
    private ByteBuffer frame = ByteBuffer.allocate(ShardFormat.frameSize(512));
    private long[] index = new long[1024];
    private int records;
    private long tokens;
    private long labelledTokens;
    private int longest;
    private boolean closed;

    private TokenShardWriter(FileSystem files, Path shard) throws IOException {
        this.files = files;
        this.shard = shard;
        this.unfinished = new Path(shard.getParent(), "." + shard.getName() + "." + UUID.randomUUID());
        this.out = files.create(unfinished, false);
    }

    /** @param shard the shard's path: {@link TokenStore#shard} */
    public static TokenShardWriter create(FileSystem files, Path shard) throws IOException {
        return new TokenShardWriter(files, shard);
    }

    /** Appends a record. */
    public void write(Sequence sequence) throws IOException {
        int length = sequence.length();
        if (length > ShardFormat.LONGEST_RECORD) {
            throw new IllegalArgumentException(
                    length + " tokens in a record (must be at most " + ShardFormat.LONGEST_RECORD + ")");
        }
        int size = ShardFormat.frameSize(length);
        if (size > frame.capacity()) {
            frame = ByteBuffer.allocate(size);
        }
        frame.clear().position(ShardFormat.FRAME_HEADER);
        frame.asIntBuffer().put(sequence.tokens()).put(sequence.labels());
        frame.putInt(0, length).putInt(Integer.BYTES, ShardFormat.checksum(records, frame, length));

        if (records == index.length) {
            index = Arrays.copyOf(index, Math.multiplyExact(2, records));
        }
        index[records++] = out.getPos();
        try {
            out.write(frame.array(), 0, size);
        } catch (IOException e) {
            throw failed(e);
        }
        tokens += length;
        labelledTokens += sequence.labelledTokens();
        longest = Math.max(longest, length);
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
        Footer footer = new Footer(out.getPos(), records, tokens, labelledTokens, longest);
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

    long records() {
        return records;
    }

    long tokens() {
        return tokens;
    }

    long labelledTokens() {
        return labelledTokens;
    }

    int longest() {
        return longest;
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
