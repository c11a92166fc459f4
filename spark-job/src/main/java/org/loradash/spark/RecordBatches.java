package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.data.Batch;
import org.loradash.data.RecordOrder;
import org.loradash.data.Sequence;
import org.loradash.data.TokenStore;
import org.loradash.train.RoundPlan;

/** Batches of a store of tokenised records, in the order of the run. Each process opens a store once. */
record RecordBatches(RecordOrder order, Broadcast<SerializableConfiguration> hadoop) implements BatchSource {
    private static final Map<String, TokenStore> STORES = new ConcurrentHashMap<>();

    @Override
    public Batch batch(String location, RoundPlan plan, int worker, int localStep) {
        Configuration configuration = hadoop.value().value();
        TokenStore store = STORES.computeIfAbsent(location, directory -> open(directory, configuration));
        try {
            return batch(store, plan, worker, localStep);
        } catch (IOException | FSError e) {
            // The interrupt that ends a task which is no longer wanted closes the file that it reads, for all tasks of
            // this process: whoever finds it so opens it again.
            forget(location, store);
            if (Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(location, new IOException(e));
            }
        }
        try {
            return batch(
                    STORES.computeIfAbsent(location, directory -> open(directory, configuration)),
                    plan,
                    worker,
                    localStep);
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
    }

    private Batch batch(TokenStore store, RoundPlan plan, int worker, int localStep) throws IOException {
        List<Sequence> sequences = new ArrayList<>();
        long first = plan.record(worker, localStep);
        for (int i = 0; i < plan.batchSize(); i++) {
            sequences.add(store.read(order.record(first + i)));
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

    @Override
    public long record(long position) {
        return order.record(position);
    }

    /** Closes this process's store of a location, if it has one. */
    static void close(String location) throws IOException {
        TokenStore store = STORES.remove(location);
        if (store != null) {
            store.close();
        }
    }

    private static TokenStore open(String directory, Configuration configuration) {
        try {
            Path path = new Path(directory);
            return TokenStore.open(path.getFileSystem(configuration), path);
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }
}
