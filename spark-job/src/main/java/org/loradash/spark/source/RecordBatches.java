package org.loradash.spark.source;

import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.data.HoldOut;
import org.loradash.data.RecordOrder;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.task.Task;

/**
 * Batches of stores of records, in the order of the run.
 *
 * @param task whose examples the stores have
 * @param order of those that are not held out
 */
record RecordBatches<E, B>(
        Task<E, B> task, RecordOrder order, HoldOut holdOut, Broadcast<SerializableConfiguration> hadoop)
        implements BatchSource<B> {
    @Override
    public B batch(String location, long[] records) {
        return task.batch(RecordStores.read(
                location, records, task.codec(), hadoop.value().value()));
    }

    @Override
    public long record(long position) {
        return holdOut.left(order.record(position));
    }
}
