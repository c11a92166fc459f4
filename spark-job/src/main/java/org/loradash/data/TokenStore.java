package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Tokenised records in a directory of shards, one an input file, read by index with positioned reads. What it keeps in
 * memory is eight bytes a record, of those parts of the data that were read. Any number of threads may read.
 *
 * <p>A directory is for one data set: shards of another that lie there would be taken as part of it, so its name should
 * follow from the data's, or {@link #size} be compared with what was written.
 */
public final class TokenStore implements Closeable {
    private static final String PREFIX = "shard-";
    private static final String SUFFIX = ".tokens";

    private final TokenShard[] shards;

    /** The number over all shards of each shard's first record, and at the end that of all records. */
    private final long[] firsts;

    private TokenStore(TokenShard[] shards) {
        this.shards = shards;
        this.firsts = new long[shards.length + 1];
        for (int s = 0; s < shards.length; s++) {
            firsts[s + 1] = firsts[s] + shards[s].footer().records();
        }
    }

    /** The path of a shard. @param number of the input file, from 0 */
    public static Path shard(Path directory, int number) {
        return new Path(directory, PREFIX + "%06d".formatted(number) + SUFFIX);
    }

    /**
     * Opens every shard of a directory.
     *
     * @throws IOException when there is none, one between others is missing, or one is damaged
     */
    public static TokenStore open(FileSystem files, Path directory) throws IOException {
        FileStatus[] found = files.listStatus(
                directory,
                path -> path.getName().startsWith(PREFIX) && path.getName().endsWith(SUFFIX));
        if (found.length == 0) {
            throw new IOException(directory + ": no token shards");
        }
        TokenShard[] shards = new TokenShard[found.length];
        boolean opened = false;
        try {
            for (int s = 0; s < shards.length; s++) {
                Path path = shard(directory, s);
                if (Arrays.stream(found)
                        .noneMatch(status -> status.getPath().getName().equals(path.getName()))) {
                    throw new IOException(path + ": missing, though there are " + found.length + " shards");
                }
                shards[s] = TokenShard.open(files, path);
            }
            opened = true;
            return new TokenStore(shards);
        } finally {
            if (!opened) {
                closeAll(shards);
            }
        }
    }

    /** How many records, over all shards. */
    public long size() {
        return firsts[shards.length];
    }

    /** Tokens of all records. */
    public long tokens() {
        return Arrays.stream(shards).mapToLong(shard -> shard.footer().tokens()).sum();
    }

    /** Tokens of all records that carry a label which can be predicted. */
    public long labelledTokens() {
        return Arrays.stream(shards)
                .mapToLong(shard -> shard.footer().labelledTokens())
                .sum();
    }

    /** Tokens of the longest record. */
    public int longest() {
        return Arrays.stream(shards)
                .mapToInt(shard -> shard.footer().longest())
                .max()
                .orElse(0);
    }

    /**
     * Reads one record.
     *
     * @param record from 0, over all shards in their order
     * @throws IOException when it cannot be read, or its bytes are not those that were written
     */
    public Sequence read(long record) throws IOException {
        Objects.checkIndex(record, size());
        int found = Arrays.binarySearch(firsts, record);
        int shard = found >= 0 ? found : -found - 2;
        // Of several shards that begin at the record, all but the last are empty.
        while (firsts[shard + 1] == record) {
            shard++;
        }
        return shards[shard].read(record - firsts[shard]);
    }

    @Override
    public void close() throws IOException {
        closeAll(shards);
    }

    private static void closeAll(TokenShard[] shards) throws IOException {
        for (TokenShard shard : shards) {
            if (shard != null) {
                shard.close();
            }
        }
    }
}
