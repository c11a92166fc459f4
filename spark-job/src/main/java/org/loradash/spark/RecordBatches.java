package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
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
        List<Sequence> sequences = new ArrayList<>();
        try {
            long first = plan.record(worker, localStep);
            for (int i = 0; i < plan.batchSize(); i++) {
                sequences.add(store.read(order.record(first + i)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(location, e);
        }
        return Batch.of(sequences);
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
