package org.loradash.spark.source;

import java.util.stream.LongStream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.data.Batch;
import org.loradash.data.HoldOut;
import org.loradash.data.RecordOrder;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.train.RoundPlan;

/**
 * Batches of a store of tokenised records, in the order of the run.
 *
 * @param order of those that are not held out
 */
record RecordBatches(RecordOrder order, HoldOut holdOut, Broadcast<SerializableConfiguration> hadoop)
        implements BatchSource {

    @Override
    public Batch batch(String location, RoundPlan plan, int worker, int localStep) {
        long first = plan.record(worker, localStep);
        long[] records = LongStream.range(first, first + plan.batchSize())
                .map(this::record)
                .toArray();
        return TokenStores.batch(location, records, hadoop.value().value());
    }

    @Override
    public long record(long position) {
        return holdOut.left(order.record(position));
    }
}
