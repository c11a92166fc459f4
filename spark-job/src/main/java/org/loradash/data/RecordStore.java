package org.loradash.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Records as examples in a directory of shards, one an input file, read by index with positioned reads. What it keeps in
 * memory is eight bytes a record, of those parts of the data that were read. Any number of threads may read.
 *
 * <p>A directory is for one data set: shards of another that lie there would be taken as part of it, so its name should
 * follow from the data's, or {@link #records} be compared with what was written.
 */
public final class RecordStore<E> implements Closeable {
    private static final String PREFIX = "shard-";
    private static final String SUFFIX = ".tokens";

    private final List<RecordShard<E>> shards;

    /** The number over all shards of each shard's first record, and at the end that of all records. */
    private final long[] firsts;

    private RecordStore(List<RecordShard<E>> shards) {
        this.shards = List.copyOf(shards);
        this.firsts = new long[shards.size() + 1];
        for (int s = 0; s < shards.size(); s++) {
            firsts[s + 1] = firsts[s] + shards.get(s).footer().records();
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
    public static <E> RecordStore<E> open(FileSystem files, Path directory, Codec<E> codec) throws IOException {
        FileStatus[] found = files.listStatus(
                directory,
                path -> path.getName().startsWith(PREFIX) && path.getName().endsWith(SUFFIX));
        if (found.length == 0) {
            throw new IOException(directory + ": no shards of records");
        }
        Set<String> names =
                Arrays.stream(found).map(status -> status.getPath().getName()).collect(Collectors.toSet());
        List<RecordShard<E>> shards = new ArrayList<>();
        boolean opened = false;
        try {
            for (int s = 0; s < found.length; s++) {
                Path path = shard(directory, s);
                if (!names.contains(path.getName())) {
                    throw new IOException(path + ": missing, though there are " + found.length + " shards");
                }
                shards.add(RecordShard.open(files, path, codec));
            }
            opened = true;
            return new RecordStore<>(shards);
        } finally {
            if (!opened) {
                closeAll(shards);
            }
        }
    }

    /** How many records, over all shards. */
    public long records() {
        return firsts[shards.size()];
    }

    /**
     * Reads one record.
     *
     * @param record from 0, over all shards in their order
     * @throws IOException when it cannot be read, or its bytes are not those that were written
     */
    public E read(long record) throws IOException {
        Objects.checkIndex(record, records());
        int found = Arrays.binarySearch(firsts, record);
        int shard = found >= 0 ? found : -found - 2;
        // Of several shards that begin at the record, all but the last are empty.
        while (firsts[shard + 1] == record) {
            shard++;
        }
        return shards.get(shard).read(record - firsts[shard]);
    }

    @Override
    public void close() throws IOException {
        closeAll(shards);
    }

    private static <E> void closeAll(List<RecordShard<E>> shards) throws IOException {
        for (RecordShard<E> shard : shards) {
            shard.close();
        }
    }
}
