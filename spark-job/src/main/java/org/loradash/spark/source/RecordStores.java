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
import org.loradash.data.Codec;
import org.loradash.data.RecordStore;

/** The stores of records that this process reads, each opened once. */
public final class RecordStores {
    private static final Map<String, RecordStore<?>> STORES = new ConcurrentHashMap<>();

    private RecordStores() {}

    /**
     * The examples of records.
     *
     * @param location of the store
     * @param records their numbers
     * @throws UncheckedIOException whose message is the location
     */
    public static <E> List<E> read(String location, long[] records, Codec<E> codec, Configuration hadoop) {
        RecordStore<E> store = of(location, codec, hadoop);
        try {
            return read(store, records);
        } catch (IOException | FSError e) {
            // The interrupt that ends a task which is no longer wanted closes the file that it reads, for all tasks of
            // this process: whoever finds it so opens it again.
            forget(location, store);
            if (Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(location, new IOException(e));
            }
        }
        try {
            return read(of(location, codec, hadoop), records);
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
    }

    /** Closes this process's store of a location, if it has one. */
    public static void close(String location) {
        RecordStore<?> store = STORES.remove(location);
        try {
            if (store != null) {
                store.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
    }

    private static <E> List<E> read(RecordStore<E> store, long[] records) throws IOException {
        List<E> examples = new ArrayList<>();
        for (long record : records) {
            examples.add(store.read(record));
        }
        return examples;
    }

    private static void forget(String location, RecordStore<?> store) {
        if (STORES.remove(location, store)) {
            try {
                store.close();
            } catch (IOException | FSError closed) {
                // It is not used again.
            }
        }
    }

    /** A location has the examples of one task, so that whoever asks for it has the same codec. */
    @SuppressWarnings("unchecked")
    private static <E> RecordStore<E> of(String location, Codec<E> codec, Configuration hadoop) {
        return (RecordStore<E>) STORES.computeIfAbsent(location, directory -> open(directory, codec, hadoop));
    }

    private static <E> RecordStore<E> open(String directory, Codec<E> codec, Configuration hadoop) {
        try {
            Path path = new Path(directory);
            return RecordStore.open(path.getFileSystem(hadoop), path, codec);
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }
}
