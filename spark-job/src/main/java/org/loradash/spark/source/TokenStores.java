package org.loradash.spark.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.loradash.data.Batch;
import org.loradash.data.Sequence;
import org.loradash.data.TokenStore;

/** The stores of tokenised records that this process reads, each opened once. */
public final class TokenStores {
    private static final Map<String, TokenStore> STORES = new ConcurrentHashMap<>();

    private TokenStores() {}

    /**
     * A batch of records.
     *
     * @param location of the store
     * @param records their numbers, in the order of the batch
     * @throws UncheckedIOException whose message is the location
     */
    public static Batch batch(String location, long[] records, Configuration hadoop) {
        TokenStore store = of(location, hadoop);
        try {
            return batch(store, records);
        } catch (IOException | FSError e) {
            // The interrupt that ends a task which is no longer wanted closes the file that it reads, for all tasks of
            // this process: whoever finds it so opens it again.
            forget(location, store);
            if (Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(location, new IOException(e));
            }
        }
        try {
            return batch(of(location, hadoop), records);
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
    }

    /** Closes this process's store of a location, if it has one. */
    public static void close(String location) {
        TokenStore store = STORES.remove(location);
        try {
            if (store != null) {
                store.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
    }

    private static Batch batch(TokenStore store, long[] records) throws IOException {
        List<Sequence> sequences = new ArrayList<>();
        for (long record : records) {
            sequences.add(store.read(record));
        }
        return Batch.of(sequences);
    }

    private static void forget(String location, TokenStore store) {
        if (STORES.remove(location, store)) {
            try {
                store.close();
            } catch (IOException | FSError closed) {
                // It is not used again.
            }
        }
    }

    private static TokenStore of(String location, Configuration hadoop) {
        return STORES.computeIfAbsent(location, directory -> open(directory, hadoop));
    }

    private static TokenStore open(String directory, Configuration hadoop) {
        try {
            Path path = new Path(directory);
            return TokenStore.open(path.getFileSystem(hadoop), path);
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }
}
