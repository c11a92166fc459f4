package org.loradash.spark.rounds;

import java.io.Serializable;
import java.util.stream.LongStream;
import org.loradash.train.RoundPlan;

/**
 * Where workers read their batches: a pure function of a location and of positions in the run's order.
 *
 * @param <B> what a step computes on
 */
@FunctionalInterface
public interface BatchSource<B> extends Serializable {
    /**
     * A batch of records.
     *
     * @param location where the data lies, as given to the rounds
     * @param records their numbers, in the order of the batch
     */
    B batch(String location, long[] records);

    /** Which record is at a position of the run's order: both from 0. */
    default long record(long position) {
        return position;
    }

    /**
     * The batch of a worker's local step: the records from {@link RoundPlan#record} on.
     *
     * @param worker from 0
     * @param localStep from 0, within the round
     */
    default B batch(String location, RoundPlan plan, int worker, int localStep) {
        long first = plan.record(worker, localStep);
        return batch(
                location,
                LongStream.range(first, first + plan.batchSize())
                        .map(this::record)
                        .toArray());
    }
}
