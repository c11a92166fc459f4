package org.loradash.spark.rounds;

import org.apache.spark.util.AccumulatorV2;

/**
 * When the last worker's task ended, by the driver's clock: Spark merges a task's accumulators on the driver as soon as
 * the task has succeeded, before it goes on to the averaging.
 */
public final class ArrivalClock extends AccumulatorV2<Boolean, Long> {
    private static final long serialVersionUID = 1L;

    private volatile long lastArrival;

    @Override
    public boolean isZero() {
        return lastArrival == 0;
    }

    @Override
    public ArrivalClock copy() {
        ArrivalClock copy = new ArrivalClock();
        copy.lastArrival = lastArrival;
        return copy;
    }

    @Override
    public void reset() {
        lastArrival = 0;
    }

    /** To be called in each worker's task. */
    @Override
    public void add(Boolean here) {
        lastArrival = System.nanoTime();
    }

    @Override
    public void merge(AccumulatorV2<Boolean, Long> other) {
        if (!other.isZero()) {
            lastArrival = System.nanoTime();
        }
    }

    /** The driver's System.nanoTime() at the last merge. */
    @Override
    public Long value() {
        return lastArrival;
    }
}
